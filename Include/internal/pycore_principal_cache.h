/* Which compiled code has this interpreter written itself? */

#ifndef Py_INTERNAL_PRINCIPAL_CACHE_H
#define Py_INTERNAL_PRINCIPAL_CACHE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_principal_pyc.h" // _PyPrincipalLoad

/* Start-up, when no dependency has started the process, and before any code
   runs: where is it?  With a parent, where that one has it ("" or NULL:
   nowhere). */
extern void _PyPrincipalCache_Start(bool has_parent, const char *directory);

/* The directory, resolved, whether it exists or not; NULL: there is none.
   Nobody but this interpreter may write to it, or move it. */
extern const char *_PyPrincipal_CacheDirectory(void);

/* The marked code of the source whose status is load->st; NULL when it is
   not there (or, with MemoryError set, when memory is short). */
extern PyObject *_PyPrincipalCache_Load(const _PyPrincipalLoad *load);

/* Keep the code of that source, if there is a place for it.  0, or -1 with
   an exception set when memory is short. */
extern int _PyPrincipalCache_Write(const _PyPrincipalLoad *load,
                                   PyObject *code);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_CACHE_H */
