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

#include <string.h>
#include <sys/socket.h>

_PyPolicyNetKnown
_PyPolicyNet_Now(const char *event, const _PyPolicyActing *acting)
{
    return (_PyPolicyNetKnown){
        .set = 1 + acting->set, .inner = acting->inner, .event = event,
        .changes = _Py_atomic_load_int(&_PyPolicyGate_Changes),
        .names = _PyPolicyNet_CountNames(),
    };
}

bool
_PyPolicyNet_Knows(PyThreadState *tstate, const _PyPolicyNetKnown *now,
                   const void *address, size_t len)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    for (size_t i = 0; i < _PyPolicy_KNOWN_ADDRESSES; i++) {
        const _PyPolicyNetKnown *known = &thread->addresses[i];
        if (known->event == now->event && known->set == now->set
            && known->inner == now->inner && known->changes == now->changes
            && (known->len == 0
                || (known->names == now->names && known->len == len
                    && memcmp(known->address, address, len) == 0)))
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
