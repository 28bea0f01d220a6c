/* Which file does an operation reach? */

#ifndef Py_INTERNAL_POLICY_FILE_H
#define Py_INTERNAL_POLICY_FILE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_target.h"

extern size_t _PyPolicyFile_Places(const _PyPolicyPlace **places);
extern const char *_PyPolicyFile_Package(const char *principal);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_FILE_H */
