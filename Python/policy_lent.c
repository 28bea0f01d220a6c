/* Does Python code keep memory that it was only lent?

   Where C code has Python code fill a buffer or look at one, it shows it a
   memoryview of its own memory, and nothing keeps that alive: whoever keeps
   the view, or a buffer that was got through it, reads and writes what lies
   there later.  That is as good as ctypes.  readinto() of a raw file, of a
   file that a pickle is read from, write() of a raw file and the decoder of a
   codec are lent memory so; and what is lent to be filled still holds what
   was there before.

   Under a policy they are lent memory that belongs to an object of its own,
   which lives as long as anybody looks at it: zeros to be filled, which are
   copied when the call is over, or a copy of what is shown.  The files of _io
   itself keep nothing, and are lent what there is.

   Called by: upstream's bufferedio.c, iobase.c, _pickle.c, unicodeobject.c
   and memoryobject.c. */

#include "Python.h"
#include "pycore_memoryobject.h"  // _PyManagedBufferObject
#include "pycore_policy_lent.h"
#include "pycore_policy_plain.h"
#include "pycore_runtime.h"       // _Py_ID()

#include <string.h>

/* Is it an object of one of the types of _io, with nothing of its own in the
   place of its method?  No type that Python code makes is immutable. */
static bool
is_of_io(PyObject *file)
{
    PyTypeObject *type = Py_TYPE(file);
    if (!PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE)
        || strncmp(type->tp_name, "_io.", 4) != 0)
    {
        return false;
    }
    return _PyPolicy_HasNoneItself(file, &_Py_ID(readinto));
}

/* The same for a file, or for the method of one. */
static bool
keeps_nothing(PyObject *reader)
{
    if (!PyCFunction_CheckExact(reader)) {
        return is_of_io(reader);
    }
    PyObject *self = PyCFunction_GET_SELF(reader);
    return self != NULL && is_of_io(self)
           && strcmp(((PyCFunctionObject *)reader)->m_ml->ml_name,
                     "readinto") == 0;
}

PyObject *
_PyPolicyLent_Lend(_PyPolicyLent *lent, PyObject *reader, char *own,
                   Py_ssize_t size)
{
    if (keeps_nothing(reader)) {
        return PyMemoryView_FromMemory(own, size, PyBUF_WRITE);
    }
    PyObject *array = _PyPolicyGate_Clean(
        PyByteArray_FromStringAndSize(NULL, size));
    if (array == NULL) {
        return NULL;
    }
    /* While it is held, nobody changes its size. */
    PyObject *view = NULL;
    if (PyObject_GetBuffer(array, &lent->held, PyBUF_WRITABLE) == 0) {
        view = PyMemoryView_FromObject(array);
        if (view == NULL) {
            PyBuffer_Release(&lent->held);
        }
    }
    Py_DECREF(array);
    return view;
}

void
_PyPolicyLent_TakeBack(_PyPolicyLent *lent, char *own)
{
    memcpy(own, lent->held.buf, lent->held.len);
    PyBuffer_Release(&lent->held);
}

PyObject *
_PyPolicyLent_Copy(const Py_buffer *own)
{
    PyObject *copy = PyBytes_FromStringAndSize(own->buf, own->len);
    PyObject *view = copy ? PyMemoryView_FromObject(copy) : NULL;
    Py_XDECREF(copy);
    return view;
}

int
_PyPolicyLent_CheckRead(PyObject *lent, Py_ssize_t n)
{
    if (n <= PyByteArray_GET_SIZE(lent)) {
        return 0;
    }
    PyErr_Format(PyExc_OSError, "readinto() returned %zd, and there is room "
                 "for %zd", n, PyByteArray_GET_SIZE(lent));
    return -1;
}

bool
_PyPolicyLent_IsKept(PyObject *view)
{
    return Py_REFCNT(view) > 1
           || ((PyMemoryViewObject *)view)->mbuf->exports > 1;
}
