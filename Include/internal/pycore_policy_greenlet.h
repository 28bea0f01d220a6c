/* What greenlets have inherited of permits. */

#ifndef Py_INTERNAL_POLICY_GREENLET_H
#define Py_INTERNAL_POLICY_GREENLET_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdint.h>

/* An extension module has been initialised under a policy: if it is
   greenlet's, what it makes is noted from now on.  -1 with an exception when
   that cannot be. */
extern int _PyPolicyGreenlet_ModuleMade(PyObject *module);

/* The set joined with the permits that were in force where the greenlet that
   the thread executes was made; for a stack that is not the thread's own. */
extern uint32_t _PyPolicyGreenlet_Join(uint32_t set);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_GREENLET_H */
