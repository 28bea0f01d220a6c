/* Is it a method of the standard library that is wrapped, and of what? */

#ifndef Py_INTERNAL_POLICY_DEFERRED_METHOD_H
#define Py_INTERNAL_POLICY_DEFERRED_METHOD_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>

extern bool _PyPolicyMethod_Check(PyObject *object);

/* The original of one; borrowed, NULL once it has been cleared. */
extern PyObject *_PyPolicyMethod_Original(PyObject *method);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_DEFERRED_METHOD_H */
