/* The arguments of drop() and permit(). */

#ifndef Py_INTERNAL_POLICY_PERMIT_READ_H
#define Py_INTERNAL_POLICY_PERMIT_READ_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_message.h"

#include <stdbool.h>

typedef struct {
    _PyPolicyMessage *out;      /* the note */
    const char *function;       /* "drop" or "permit" */
    bool drop;
    bool any;                   /* something is taken away */
    bool keys;                  /* there is a key */
    bool entry;                 /* the entry that is being written has some */
} _PyPolicyPermitReader;

/* UTF-8 without NULs, valid as long as the object; NULL with an exception.
   `what` it is, for that. */
extern const char *_PyPolicyPermitRead_Text(PyObject *str, const char *what);

/* Write the capabilities that the keywords name: what stands between the
   braces of an entry of "$permissions".  0, or -1 with an exception. */
extern int _PyPolicyPermitRead_Capabilities(_PyPolicyPermitReader *reader,
                                            PyObject *kwargs);

/* Write the modules that they name: keys, each with a comma before it, and a
   tab before the first. */
extern int _PyPolicyPermitRead_Imports(_PyPolicyPermitReader *reader,
                                       PyObject *kwargs);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_PERMIT_READ_H */
