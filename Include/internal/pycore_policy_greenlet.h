/* What a greenlet's stack inherits. */

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

/* For a thread that is on a stack that is not its own: who acts at the base?
   UNKNOWN when nobody can be named. */
extern uint32_t _PyPolicyGreenlet_Base(PyThreadState *tstate);

/* The permits that were in force where the greenlet was made, and where it
   began: a set. */
extern uint32_t _PyPolicyGreenlet_Permits(void);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_GREENLET_H */
