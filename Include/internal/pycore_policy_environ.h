/* Which environment variables does whoever is acting see? */

#ifndef Py_INTERNAL_POLICY_ENVIRON_H
#define Py_INTERNAL_POLICY_ENVIRON_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_principal.h"     // _PyPolicy_Active

/* May everybody read it, whatever is granted? */
extern bool _PyPolicyEnviron_IsPublic(const char *name);

/* Is it one of the variables with which the dynamic linker or an interpreter
   can be made to run other code?  Setting one needs `ffi` as well. */
extern bool _PyPolicyEnviron_IsLoaders(const char *name, size_t len);

/* What a program that inherits its environment gets from `from`, as it stands
   in the process: an array of "NAME=value" with room for `room` entries in
   front, whose pointers are either into `from` or into the same block
   (PyMem_RawFree).  NULL with an exception set when memory is short. */
extern char **_PyPolicyEnviron_Inherited(char *const *from, size_t room);

/* For the mapping (policy_environ_type.c).  `real` is the dict of bytes to
   bytes that nobody else has, names and values are exact bytes. */

/* 1 with a new reference in *value, 0 when there is no such variable for
   whoever is acting, -1 with an exception set. */
extern int _PyPolicyEnviron_Find(PyObject *real, PyObject *name,
                                 PyObject **value);

/* A new dict of all that whoever is acting may see.  `names_only`: he gets
   nothing of it but the names. */
extern PyObject *_PyPolicyEnviron_Visible(PyObject *real, bool names_only);

/* Set a variable, or, when `value` is NULL, remove it: for everybody when
   that was granted, for whoever is acting when not.  With `process` the
   environment of the process changes too.  1; 0 when what is to be removed
   was not there; -1 with an exception set. */
extern int _PyPolicyEnviron_Write(PyObject *real, PyObject *name,
                                  PyObject *value, bool process);

/* policy_environ_own.c: what each has written for himself.  An owner is a
   set of principals.  Has anybody?  Set it (NULL: removed): 0 or -1.  Get it:
   1 with bytes in *value (NULL: removed), 0 when there is nothing, -1.  All of
   it: a new dict of bytes to bytes or None. */
extern bool _PyPolicyEnviron_HasOwn(void);
extern int _PyPolicyEnviron_SetOwn(uint32_t owner, const char *name,
                                   const char *value);
extern int _PyPolicyEnviron_GetOwn(uint32_t owner, const char *name,
                                   PyObject **value);
extern PyObject *_PyPolicyEnviron_AllOwn(uint32_t owner);

extern PyObject *_PyPolicyEnviron_New(PyObject *real);
extern int _PyPolicyEnviron_KeepOwn(PyObject *name, PyObject *value);

/* --- Seams: what upstream's code calls ---------------------------------- */

/* posixmodule.c: what `posix.environ` is.  Without a policy the dict that it
   is given, else an object that shows each what it may see.  Steals `real`,
   accepts NULL, returns a new reference or NULL with an exception set. */
static inline PyObject *
_PyPolicyGate_Environ(PyObject *real)
{
    return _PyPolicy_Active ? _PyPolicyEnviron_New(real) : real;
}

/* posixmodule.c, putenv() and unsetenv() (`value` is NULL): has the change
   been made in the view of whoever is acting, and shall not reach the
   process?  1, 0, or -1 with an exception set.  Both are bytes. */
static inline int
_PyPolicyGate_OwnVariable(PyObject *name, PyObject *value)
{
    return _PyPolicy_Active ? _PyPolicyEnviron_KeepOwn(name, value) : 0;
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_ENVIRON_H */
