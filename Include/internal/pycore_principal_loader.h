/* Whose is what a trusted loader makes? */

#ifndef Py_INTERNAL_PRINCIPAL_LOADER_H
#define Py_INTERNAL_PRINCIPAL_LOADER_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_principal.h"

/* Is it one principal, and in the "$loaders" of every policy in force? */
extern bool _PyPrincipal_IsLoader(uint32_t set);

/* Does any policy name one? */
extern bool _PyPrincipal_AnyLoaders(void);

/* Who acts beside the loader, hosts aside; STDLIB: nobody. */
extern uint32_t _PyPrincipal_BesidesLoader(PyThreadState *tstate,
                                           uint32_t loader);

/* Whose is code that the loader makes here and now and that says that it
   comes from that file? */
extern uint32_t _PyPrincipal_MadeByLoader(PyThreadState *tstate,
                                          uint32_t loader,
                                          PyObject *filename);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_LOADER_H */
