/* A number beside an object, which no Python code finds. */

#ifndef Py_INTERNAL_POLICY_NOTES_H
#define Py_INTERNAL_POLICY_NOTES_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_hashtable.h"     // _Py_hashtable_t
#include "pycore_lock.h"          // PyMutex

#include <stdbool.h>
#include <stdint.h>

/* Numbers by the addresses of objects, which are only compared.  An address
   is used again: whoever makes an object that could have a note writes or
   takes one.  All zero is empty. */
typedef struct {
    PyMutex mutex;
    _Py_hashtable_t *table;
    const PyObject *latest;     /* the last one that has been written, which
                                   is not in the table yet; or NULL */
    uint32_t number;            /* its note */
} _PyPolicyNotes;

/* In the place of an older one, which is gone in any case.  false when there
   is no memory. */
extern bool _PyPolicyNotes_Write(_PyPolicyNotes *notes, const PyObject *object,
                                 uint32_t number);

/* `otherwise` when there is none. */
extern uint32_t _PyPolicyNotes_Read(_PyPolicyNotes *notes,
                                    const PyObject *object,
                                    uint32_t otherwise);

/* The same; the note is gone. */
extern uint32_t _PyPolicyNotes_Take(_PyPolicyNotes *notes,
                                    const PyObject *object,
                                    uint32_t otherwise);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_NOTES_H */
