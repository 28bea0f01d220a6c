/* What a `net` target says, taken apart.

   Between policy_target_host.c, which reads it, and policy_target_hosts.c,
   which makes tables of many. */

#ifndef Py_INTERNAL_POLICY_TARGET_HOST_H
#define Py_INTERNAL_POLICY_TARGET_HOST_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_target.h"

/* The longest name of a host, without a final dot. */
#define _PyPolicyHost_MAX_NAME 253

typedef enum {
    _PyPolicyHost_ANY,          /* "*": all that has a name or an address */
    _PyPolicyHost_NAME,         /* "example.com" */
    _PyPolicyHost_BELOW,        /* "*.example.com": "example.com" */
    _PyPolicyHost_NETWORK,      /* an address; all bits of it, or some */
    _PyPolicyHost_UNIX_PATH,    /* "unix:/path": what path targets are */
    _PyPolicyHost_UNIX_NAME,    /* "unix:@name" */
    _PyPolicyHost_UNIX_BELOW,   /* "unix:@prefix*" */
} _PyPolicyHostKind;

typedef struct {
    _PyPolicyHostKind kind;
    /* A host's name in lower case; for the UNIX_ ones, what follows the "@",
       or the path. */
    const char *name;
    size_t len;
    /* NETWORK */
    uint8_t address[16];
    int address_len;
    int bits;
    /* Ports, both included; without any, 0 to 65535. */
    int low, high;
    char folded[_PyPolicyHost_MAX_NAME + 1];    /* where name points */
} _PyPolicyHost;

/* Take a target apart.  0, or -1 with a code and a sentence. */
extern int _PyPolicyHost_Read(const char *text, size_t len,
                              _PyPolicyHost *host, char code[32],
                              char what[_PyPolicyName_MAX_WHAT]);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_TARGET_HOST_H */
