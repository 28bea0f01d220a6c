/* Is a number from Python code taken for an address? */

#ifndef Py_INTERNAL_POLICY_ADDRESS_H
#define Py_INTERNAL_POLICY_ADDRESS_H
#ifdef __cplusplus
extern "C" {
#endif

#include "pycore_policy_added.h"

/* Is this the number of a thread that Python knows? */
PyAPI_FUNC(bool) _PyPolicyAddress_IsThread(unsigned long ident);

/* May the argument be, or hold, an address?  No for what is known to be
   otherwise. */
PyAPI_FUNC(bool) _PyPolicyAddress_InIoctl(unsigned int request,
                                          PyObject *arg);
PyAPI_FUNC(bool) _PyPolicyAddress_InFcntl(int command, PyObject *arg);

/* An event that is raised where CONDITION says so; it is asked only when
   somebody wants the event. */
#define _PyPolicyAddress_RaiseIf(CONDITION, EVENT, ...) \
    (_PyPolicy_AddedWanted[_PyPolicyAdded_ ## EVENT] == 0 || !(CONDITION) \
     ? 0 : _PyPolicyGate_Added(EVENT, __VA_ARGS__))

/* fcntlmodule.c; 0, or -1 with an exception set, as all that follow. */
static inline int
_PyPolicyGate_IoctlAddress(int fd, unsigned int request, PyObject *arg)
{
    return _PyPolicyAddress_RaiseIf(_PyPolicyAddress_InIoctl(request, arg),
                                    fcntl_ioctl_address, "iI", fd, request);
}

static inline int
_PyPolicyGate_FcntlAddress(int fd, int command, PyObject *arg)
{
    return _PyPolicyAddress_RaiseIf(_PyPolicyAddress_InFcntl(command, arg),
                                    fcntl_fcntl_address, "ii", fd, command);
}

/* timemodule.c, signalmodule.c */
static inline int
_PyPolicyGate_ClockAddress(unsigned long ident)
{
    return _PyPolicyAddress_RaiseIf(!_PyPolicyAddress_IsThread(ident),
                                    time_pthread_getcpuclockid_address, "k",
                                    ident);
}

static inline int
_PyPolicyGate_KillAddress(unsigned long ident)
{
    return _PyPolicyAddress_RaiseIf(!_PyPolicyAddress_IsThread(ident),
                                    signal_pthread_kill_address, "k", ident);
}

/* semaphore.c: what has a name is looked up by it. */
static inline int
_PyPolicyGate_SemaphoreAddress(const char *name, void *handle)
{
    return _PyPolicyAddress_RaiseIf(name == NULL,
                                    _multiprocessing_SemLock__rebuild, "K",
                                    (unsigned long long)(uintptr_t)handle);
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_ADDRESS_H */
