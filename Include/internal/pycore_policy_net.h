/* Which host, port or socket does this reach, and may it?

   The seams are at the end: what socketmodule.c calls beside its audit
   events, with the address that the C library and the kernel will get.  Each
   is one load and one branch while no policy speaks of `net`. */

#ifndef Py_INTERNAL_POLICY_NET_H
#define Py_INTERNAL_POLICY_NET_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_access.h"

struct addrinfo;
struct hostent;

/* --- Names and the addresses that they gave (policy_net_names.c) --------- */

/* Pairs of a name and an address that are remembered; the oldest make room
   for new ones. */
#define _PyPolicyNet_MAX_PAIRS 65536

typedef struct {
    const char **names;
    size_t n;
} _PyPolicyNetNames;

/* The resolver gave this address (4 or 16 bytes) for that name (lower case,
   without a final dot).  Where memory is short it is not remembered. */
extern void _PyPolicyNet_Remember(const char *name, const uint8_t *address,
                                  int len);

/* All names that gave the address: a copy, to be given to Release().  0, or
   -1 when memory is short (no exception is set). */
extern int _PyPolicyNet_Recall(const uint8_t *address, int len,
                               _PyPolicyNetNames *names);
extern void _PyPolicyNet_Release(_PyPolicyNetNames *names);

/* Another number when pairs have come or gone. */
extern uint32_t _PyPolicyNet_Names;

/* --- Judgement (policy_net.c) -------------------------------------------- */

/* May this set reach that address (sockaddr)?  0 or -1. */
extern int _PyPolicyNet_JudgeUsed(const char *event,
                                  const _PyPolicyActing *acting,
                                  const void *address, size_t len);

/* --- Seams: what upstream's code calls ----------------------------------

   Most are in policy_net.c; those that are asked again and again, and raise
   their event as well, in policy_net_known.c.  All return 0 when allowed and
   -1 with an exception set when not. */

PyAPI_FUNC(int) _PyPolicyGate_JudgeAddress(const char *event,
                                           const void *address, size_t len);
PyAPI_FUNC(int) _PyPolicyGate_JudgeLookup(const char *event,
                                          const void *address, size_t len);
PyAPI_FUNC(int) _PyPolicyGate_JudgeName(const char *event, const char *name);
PyAPI_FUNC(int) _PyPolicyGate_JudgeListen(int fd);
PyAPI_FUNC(int) _PyPolicyGate_JudgeOption(const char *event, int level,
                                          int option);
PyAPI_FUNC(void) _PyPolicyGate_RememberInfo(const char *name,
                                            const struct addrinfo *info);
PyAPI_FUNC(void) _PyPolicyGate_RememberHost(const char *name,
                                            const struct hostent *host);

/* The kernel is about to be told to connect or send to this address
   (sockaddr), or, for "socket.bind", to receive at it. */
static inline int
_PyPolicyGate_Address(const char *event, const void *address, size_t len)
{
    return _PyPolicyGate_Restricts(_PyPolicy_NET)
           ? _PyPolicyGate_JudgeAddress(event, address, len) : 0;
}

PyAPI_FUNC(int) _PyPolicyGate_JudgeAndAudit(const char *event,
                                            PyObject *socket, PyObject *spelt,
                                            const void *address, size_t len);

/* The same with its event, of which the arguments are the socket and how the
   address was spelt. */
static inline int
_PyPolicyGate_AuditAddress(const char *event, void *socket, PyObject *spelt,
                           const void *address, size_t len)
{
    return _PyPolicyGate_Restricts(_PyPolicy_NET)
           ? _PyPolicyGate_JudgeAndAudit(event, (PyObject *)socket, spelt,
                                         address, len)
           : PySys_Audit(event, "OO", socket, spelt);
}

PyAPI_FUNC(int) _PyPolicyGate_JudgeAndAuditNew(const char *event,
                                               PyObject *socket, int family,
                                               int type, int protocol);

/* A socket is about to be made, or to be taken over; and its event. */
static inline int
_PyPolicyGate_AuditNew(const char *event, void *socket, int family, int type,
                       int protocol)
{
    return _PyPolicyGate_Restricts(_PyPolicy_NET)
           ? _PyPolicyGate_JudgeAndAuditNew(event, (PyObject *)socket, family,
                                            type, protocol)
           : PySys_Audit(event, "Oiii", socket, family, type, protocol);
}

/* Somebody is about to be asked for the name of this address (sockaddr). */
static inline int
_PyPolicyGate_Lookup(const char *event, const void *address, size_t len)
{
    return _PyPolicyGate_Restricts(_PyPolicy_NET)
           ? _PyPolicyGate_JudgeLookup(event, address, len) : 0;
}

/* Somebody is about to be asked for the addresses of this name, as the C
   library gets it.  NULL: for this machine's own. */
static inline int
_PyPolicyGate_Name(const char *event, const char *name)
{
    return _PyPolicyGate_Restricts(_PyPolicy_NET)
           ? _PyPolicyGate_JudgeName(event, name) : 0;
}

/* These are the answers.  NULL: there are none. */
static inline void
_PyPolicyGate_Resolved(const char *name, const struct addrinfo *info)
{
    if (_PyPolicyGate_Restricts(_PyPolicy_NET)) {
        _PyPolicyGate_RememberInfo(name, info);
    }
}

static inline void
_PyPolicyGate_ResolvedHost(const char *name, const struct hostent *host)
{
    if (_PyPolicyGate_Restricts(_PyPolicy_NET)) {
        _PyPolicyGate_RememberHost(name, host);
    }
}

/* A socket is about to listen; one that was never bound does so everywhere. */
static inline int
_PyPolicyGate_Listen(int fd)
{
    return _PyPolicyGate_Restricts(_PyPolicy_NET)
           ? _PyPolicyGate_JudgeListen(fd) : 0;
}

/* An option, or a control message, of some bytes is about to be set. */
static inline int
_PyPolicyGate_Option(const char *event, int level, int option)
{
    return _PyPolicyGate_Restricts(_PyPolicy_NET)
           ? _PyPolicyGate_JudgeOption(event, level, option) : 0;
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_NET_H */
