/* Does Python code keep memory that it was only lent? */

#ifndef Py_INTERNAL_POLICY_LENT_H
#define Py_INTERNAL_POLICY_LENT_H
#ifdef __cplusplus
extern "C" {
#endif

#include "pycore_principal.h"     // _PyPolicy_IsActive()

#include <string.h>               // memset()

/* What is lent in the place of own memory; held.obj is NULL: nothing is. */
typedef struct {
    Py_buffer held;
} _PyPolicyLent;

/* Longer reads come in parts: a raw file may give less than is asked for. */
#define _PyPolicyLent_PART (64 * 1024)

PyAPI_FUNC(PyObject *) _PyPolicyLent_Lend(_PyPolicyLent *lent,
                                          PyObject *reader, char *own,
                                          Py_ssize_t size);
PyAPI_FUNC(void) _PyPolicyLent_TakeBack(_PyPolicyLent *lent, char *own);
extern PyObject *_PyPolicyLent_Copy(const Py_buffer *own);
extern int _PyPolicyLent_CheckRead(PyObject *lent, Py_ssize_t n);
extern bool _PyPolicyLent_IsKept(PyObject *view);

/* --- Seams: what upstream's code calls ----------------------------------

   Each returns a new reference, or NULL with an exception set. */

/* bufferedio.c: a view of memory that raw.readinto() shall fill.  It may be
   shorter than what was asked for. */
static inline PyObject *
_PyPolicyGate_LendToRaw(_PyPolicyLent *lent, PyObject *raw, Py_buffer *own)
{
    lent->held.obj = NULL;
    return _PyPolicy_IsActive()
        ? _PyPolicyLent_Lend(lent, raw, own->buf,
                             Py_MIN(own->len, _PyPolicyLent_PART))
        : PyMemoryView_FromBuffer(own);
}

/* _pickle.c: the same for what is to be filled whole. */
static inline PyObject *
_PyPolicyGate_LendToReader(_PyPolicyLent *lent, PyObject *readinto,
                           char *own, Py_ssize_t size)
{
    lent->held.obj = NULL;
    return _PyPolicy_IsActive()
        ? _PyPolicyLent_Lend(lent, readinto, own, size)
        : PyMemoryView_FromMemory(own, size, PyBUF_WRITE);
}

/* When the call is over, whatever came of it: how much of the size was lent?
   It is in own memory then. */
static inline Py_ssize_t
_PyPolicyGate_TakeBack(_PyPolicyLent *lent, char *own, Py_ssize_t size)
{
    if (lent->held.obj != NULL) {
        size = lent->held.len;
        _PyPolicyLent_TakeBack(lent, own);
    }
    return size;
}

/* bufferedio.c, unicodeobject.c: a view of what is to be written, decoded. */
static inline PyObject *
_PyPolicyGate_Show(Py_buffer *own)
{
    return _PyPolicy_IsActive() ? _PyPolicyLent_Copy(own)
                                : PyMemoryView_FromBuffer(own);
}

/* iobase.c: a new bytearray (or NULL), and what readinto() says that it put
   there: 0, or -1 with an exception set. */
static inline PyObject *
_PyPolicyGate_Clean(PyObject *array)
{
    if (_PyPolicy_IsActive() && array != NULL) {
        memset(PyByteArray_AS_STRING(array), 0, PyByteArray_GET_SIZE(array));
    }
    return array;
}

static inline int
_PyPolicyGate_CheckRead(PyObject *array, Py_ssize_t n)
{
    return _PyPolicy_IsActive() ? _PyPolicyLent_CheckRead(array, n) : 0;
}

/* memoryobject.c: may the memory that the view shows be freed? */
static inline bool
_PyPolicyGate_MayFree(PyObject *view)
{
    return !_PyPolicy_IsActive() || view == NULL
           || !_PyPolicyLent_IsKept(view);
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_LENT_H */
