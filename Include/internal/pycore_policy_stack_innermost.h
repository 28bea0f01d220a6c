/* What is the innermost code, and whose is it? */

#ifndef Py_INTERNAL_POLICY_STACK_INNERMOST_H
#define Py_INTERNAL_POLICY_STACK_INNERMOST_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>
#include <stdint.h>

/* Is the code that executes an import just now a statement in the standard
   library itself, or the interpreter, which needs the module for itself?
   (The import system's own frames are looked through.) */
extern bool _PyPolicyStack_StdlibStatement(PyThreadState *tstate);

/* Is it the interpreter itself that does something for itself? */
extern bool _PyPolicyStack_IsOwn(PyThreadState *tstate);

/* The innermost code, borrowed, and where in it the thread is; or NULL. */
extern PyCodeObject *_PyPolicyStack_At(PyThreadState *tstate, int *at);

/* Whose statement sets or deletes an attribute here and now, under a name
   that stands in its code?  UNKNOWN: the innermost code does something else
   (a call, of setattr() for one). */
extern uint32_t _PyPolicyStack_Storing(PyThreadState *tstate);

/* And is the object what a global name in that code, or an attribute of one,
   stands for, and not what somebody handed over? */
extern bool _PyPolicyStack_StoresInGlobal(PyThreadState *tstate);

/* The global variables of that code; borrowed, or NULL. */
extern PyObject *_PyPolicyStack_Globals(PyThreadState *tstate);

/* Is the innermost frame this function (NULL: any) of the import system?  Is
   it code of the standard library in one of these files (ends of paths, NULL
   at the end)? */
extern bool _PyPolicyStack_ImportSystem(PyThreadState *tstate,
                                        const char *function);
/* The first question, and was that function called by the import system? */
extern bool _PyPolicyStack_ImportSystemCalls(PyThreadState *tstate,
                                             const char *function);
extern bool _PyPolicyStack_StdlibFile(PyThreadState *tstate,
                                      const char *const *files);

/* Does the name of the file that code says it is from end so?  Of code of the
   standard library that tells which file it is. */
extern bool _PyPolicyStack_IsOfFile(PyCodeObject *code, const char *end);

/* Is the innermost code a function of the standard library with one of these
   names (NULL at the end)? */
extern bool _PyPolicyStack_StdlibFunction(PyThreadState *tstate,
                                          const char *const *names);

/* The innermost principal (set) alone.
   APPLICATION when nobody acts, STDLIB when nobody does during start-up. */
extern uint32_t _PyPolicyStack_Innermost(PyThreadState *tstate);

/* Whose is code that is made now?  The innermost principal's, unless the
   import system makes it for a loader: then nobody knows (UNKNOWN). */
extern uint32_t _PyPolicyStack_Maker(PyThreadState *tstate);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_STACK_INNERMOST_H */
