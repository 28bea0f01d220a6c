/* Has whoever acts been allowed to reach this address before?

   Programs reach the same few addresses again and again: a name server, a
   database, whoever collects statistics.  Each thread remembers the last of
   them as the kernel gets them: who was allowed to reach them, and by which
   event; or that it was allowed whatever address it is.  So it does with the
   kinds of sockets that were made.

   A yes holds for one state of what is in force, and of the names that were
   resolved, since an address is granted, and excluded, under its names too.
   What depends on more is not remembered: where the path of a Unix socket
   leads, what a policy only logs, what a security manager judges.  Threads
   share nothing.

   Called by socketmodule.c, with the event that is raised if it is allowed;
   what is not known is judged by policy_net.c, and with the event. */

#include "Python.h"
#include "pycore_policy_gate.h"   // _PyPolicyGate_Tell()
#include "pycore_policy_net.h"
#include "pycore_policy_setup.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <netinet/in.h>           // struct sockaddr_in
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

typedef struct _PyPolicyKnownAddress Known;

/* What is about to be reached: an address, or the kind of a socket. */
typedef struct {
    const char *event;
    const void *address;
    size_t len;
} Reached;

static_assert(sizeof(struct sockaddr_in6)
                  <= sizeof(((Known *)NULL)->address),
              "the longest address that is remembered");

/* Both numbers only grow, so the sum tells when one of them has. */
static inline uint32_t
state_now(void)
{
    return (uint32_t)_Py_atomic_load_int_relaxed(&_PyPolicyAccess_Changes)
           + _Py_atomic_load_uint32_relaxed(&_PyPolicyNet_Names);
}

/* --- Looking ------------------------------------------------------------ */

/* All that a policy knows of an IPv4 address, by the parts in which it was
   written just now: whoever reads them as one has to wait for them. */
static inline bool
is_same_v4(const Known *known, const struct sockaddr_in *address)
{
    struct sockaddr_in other;
    memcpy(&other, known->address, sizeof(other));
    return address->sin_addr.s_addr == other.sin_addr.s_addr
           && address->sin_port == other.sin_port
           && address->sin_family == other.sin_family;
}

static inline bool
is_it(const Known *known, const Reached *reached)
{
    if (known->len != reached->len) {
        return known->len == 0;
    }
    return known->len == sizeof(struct sockaddr_in)
           ? is_same_v4(known, reached->address)
           : memcmp(known->address, reached->address, known->len) == 0;
}

/* Has this thread been told that it is allowed to that set, whose innermost
   part is `inner`? */
static inline bool
knows(PyThreadState *tstate, uint32_t set, uint32_t inner,
      const Reached *reached)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    uint32_t now = state_now();
    for (size_t i = 0; i < _PyPolicy_KNOWN_ADDRESSES; i++) {
        const Known *known = &thread->addresses[i];
        if (known->event == reached->event && known->state == now
            && known->set == 1 + set && known->inner == inner
            && is_it(known, reached))
        {
            return true;
        }
    }
    return false;
}

/* Do the policies alone judge, and has the usual stack's principal been
   allowed it? */
static inline bool
is_known(PyThreadState *tstate, const Reached *reached)
{
    uint32_t met;
    return _PyPolicy_Judges == _PyPolicy_JUDGES
           && _PyPolicyStack_IsUsual(tstate, &met)
           && knows(tstate, met, met, reached);
}

/* --- Remembering -------------------------------------------------------- */

/* What the answer depends on is told before it is judged. */
typedef struct {
    _PyPolicyActing acting;
    uint32_t state;
    bool alone;                 /* the policies judge alone */
} Then;

static Then
now_for(PyThreadState *tstate)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    return (Then){
        .acting = acting, .state = state_now(),
        .alone = _PyPolicy_Judges == _PyPolicy_JUDGES && !acting.interpreter,
    };
}

static bool
was_known(PyThreadState *tstate, const Then *then, const Reached *reached)
{
    return then->alone
           && knows(tstate, then->acting.set, then->acting.inner, reached);
}

/* It was allowed.  Length 0: whatever it is. */
static void
remember(PyThreadState *tstate, const Then *then, const Reached *reached)
{
    struct _PyPolicyThread *thread = &((_PyThreadStateImpl *)tstate)->policy;
    if (!then->alone || !_PyPolicySetup_Started()
        || _PyPolicySetup_IsMaking(tstate->interp) || _PyPolicyGate_OnlyLogs())
    {
        return;
    }
    Known *known = &thread->addresses[
        thread->next_address++ % _PyPolicy_KNOWN_ADDRESSES];
    *known = (Known){
        .event = reached->event, .set = 1 + then->acting.set,
        .inner = then->acting.inner, .state = then->state,
        .len = (uint32_t)reached->len,
    };
    memcpy(known->address, reached->address, reached->len);
}

/* An address of which nothing but itself and its names was judged. */
static bool
is_plain_address(const struct sockaddr *address, size_t len)
{
    return (address->sa_family == AF_INET
            && len == sizeof(struct sockaddr_in))
           || (address->sa_family == AF_INET6
               && len == sizeof(struct sockaddr_in6));
}

/* --- Seams -------------------------------------------------------------- */

static Py_NO_INLINE int
judge_address(PyThreadState *tstate, Reached reached, PyObject *socket,
              PyObject *spelt)
{
    const char *event = reached.event;
    Then then = now_for(tstate);
    if (was_known(tstate, &then, &reached)) {
        return _PyPolicyGate_Tell(tstate, event, "OO", socket, spelt);
    }
    if (_PyPolicyNet_JudgeUsed(event, &then.acting, reached.address,
                               reached.len) < 0
        || PySys_Audit(event, "OO", socket, spelt) < 0)
    {
        return -1;
    }
    if (_PyPolicyGate_AllowsAllTo(_PyPolicy_NET, event, &then.acting) == 1) {
        reached.len = 0;
    }
    if (reached.len == 0 || is_plain_address(reached.address, reached.len)) {
        remember(tstate, &then, &reached);
    }
    return 0;
}

int
_PyPolicyGate_JudgeAndAudit(const char *event, PyObject *socket,
                            PyObject *spelt, const void *address, size_t len)
{
    PyThreadState *tstate = _PyThreadState_GET();
    const Reached reached = {event, address, len};
    return is_known(tstate, &reached)
        ? _PyPolicyGate_Tell(tstate, event, "OO", socket, spelt)
        : judge_address(tstate, reached, socket, spelt);
}

/* Its kind is all that is judged of a socket that is made, but for who makes
   it.  Even what the kind exempts: no other has the same one. */
int
_PyPolicyGate_JudgeAndAuditNew(const char *event, PyObject *socket,
                               int family, int type, int protocol)
{
    PyThreadState *tstate = _PyThreadState_GET();
    const int kind[] = {family, type, protocol};
    const Reached reached = {event, kind, sizeof(kind)};
    if (is_known(tstate, &reached)) {
        return _PyPolicyGate_Tell(tstate, event, "Oiii", socket, family, type,
                                  protocol);
    }
    Then then = now_for(tstate);
    if (was_known(tstate, &then, &reached)) {
        return _PyPolicyGate_Tell(tstate, event, "Oiii", socket, family, type,
                                  protocol);
    }
    if (PySys_Audit(event, "Oiii", socket, family, type, protocol) < 0) {
        return -1;
    }
    remember(tstate, &then, &reached);
    return 0;
}
