/* Has whoever acts been allowed to reach this address before?

   Programs reach the same few addresses again and again: a name server, a
   database, whoever collects statistics.  Each thread remembers the last of
   them, to the byte as the kernel gets them: who was allowed to reach them,
   and by which event; or that it was allowed whatever address it is.

   A yes holds for one state of what is in force, and of the names that were
   resolved, since an address is granted, and excluded, under its names too.
   What depends on more is not remembered: where the path of a Unix socket
   leads, what a policy only logs, what a security manager judges.  Threads
   share nothing.

   Called by policy_net.c. */

#include "Python.h"
#include "pycore_policy_gate.h"   // _PyPolicyGate_Changes
#include "pycore_policy_net.h"
#include "pycore_policy_setup.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <netinet/in.h>           // struct sockaddr_in
#include <string.h>
#include <sys/socket.h>

_PyPolicyNetKnown
_PyPolicyNet_Now(const char *event, const _PyPolicyActing *acting)
{
    return (_PyPolicyNetKnown){
        .set = 1 + acting->set, .inner = acting->inner, .event = event,
        .changes = _Py_atomic_load_int(&_PyPolicyGate_Changes),
        .names = _Py_atomic_load_uint32(&_PyPolicyNet_Names),
    };
}

/* An IPv4 address is two words, of which all others have more. */
static inline bool
begins_with(const _PyPolicyNetKnown *known, const void *address)
{
    uint64_t one[2], other[2];
    static_assert(sizeof(one) == sizeof(struct sockaddr_in), "two words");
    memcpy(one, known->address, sizeof(one));
    memcpy(other, address, sizeof(other));
    return one[0] == other[0] && one[1] == other[1];
}

static inline bool
is_it(const _PyPolicyNetKnown *known, const void *address, size_t len)
{
    return known->len == len
           && known->names == _Py_atomic_load_uint32(&_PyPolicyNet_Names)
           && begins_with(known, address)
           && (len == sizeof(struct sockaddr_in)
               || memcmp(known->address, address, len) == 0);
}

bool
_PyPolicyNet_Knows(PyThreadState *tstate, const char *event, uint32_t set,
                   uint32_t inner, const void *address, size_t len)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    const _PyPolicyNetKnown *known = thread->addresses;
    for (; known < thread->addresses + _PyPolicy_KNOWN_ADDRESSES; known++) {
        if (known->event == event && known->set == 1 + set
            && known->inner == inner
            && known->changes == _Py_atomic_load_int(&_PyPolicyGate_Changes)
            && (known->len == 0 || is_it(known, address, len)))
        {
            return true;
        }
    }
    return false;
}

void
_PyPolicyNet_Know(PyThreadState *tstate, const _PyPolicyNetKnown *then,
                  bool whole, const void *address, size_t len)
{
    struct _PyPolicyThread *thread = &((_PyThreadStateImpl *)tstate)->policy;
    int family = ((const struct sockaddr *)address)->sa_family;
    if (!_PyPolicySetup_Started() || _PyPolicySetup_IsMaking(tstate->interp)
        || _PyPolicyGate_OnlyLogs()
        || (!whole && ((family != AF_INET && family != AF_INET6)
                       || len < sizeof(struct sockaddr_in)
                       || len > sizeof(then->address))))
    {
        return;
    }
    _PyPolicyNetKnown *known = &thread->addresses[
        thread->next_address++ % _PyPolicy_KNOWN_ADDRESSES];
    *known = *then;
    if (!whole) {
        known->len = (uint32_t)len;
        memcpy(known->address, address, len);
    }
}
