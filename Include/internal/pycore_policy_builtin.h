/* Who may call a builtin function, through whatever reference? */

#ifndef Py_INTERNAL_POLICY_BUILTIN_H
#define Py_INTERNAL_POLICY_BUILTIN_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

/* Start-up only (policy_setup.c), for each interpreter once its builtins
   exist: guard the functions that the policies in force speak of.  Nothing
   is touched when they speak of none.

   -1 when a key names what cannot be guarded (one line on standard error has
   said so), or with an exception set. */
extern int _PyPolicyBuiltin_Guard(PyThreadState *tstate);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_BUILTIN_H */
