#ifndef Py_INTERNAL_POLICY_DIGEST_H
#define Py_INTERNAL_POLICY_DIGEST_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stddef.h>

/* SHA-256 in hexadecimal digits, and the NUL behind them. */
#define _PyPolicyDigest_SIZE 65

/* Needs no interpreter, keeps no state, cannot fail. */
extern void _PyPolicyDigest_Sha256(const void *data, size_t len,
                                   char digest[_PyPolicyDigest_SIZE]);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_DIGEST_H
