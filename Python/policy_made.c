/* Whose is an object's last word?

   __del__ runs wherever the last reference goes, or the collector of garbage
   finds a cycle: the stack below says nothing.  It is a segment of its own, in
   which the makers of the class act, down to the one that has the method.

   But anybody can make an object, and a __del__ closes files, removes them and
   writes down what was not saved, whatever its object says: for a stranger,
   too.  So objects of a class with a __del__ of the standard library's, or of
   a dependency's, are noted when they are allocated, with all who are acting
   then.  The note is kept beside the object, where no Python code finds it,
   and goes with it.  An object without a note became one of the class by an
   assignment to __class__: nobody known acts in its __del__.  (A __del__ of
   the application's answers for what its object says, as its functions do for
   what they are called with.)

   Called by: upstream's typeobject.c, when a class has been made and around
   __del__. */

#include "Python.h"
#include "pycore_policy_deferred.h"
#include "pycore_policy_notes.h"
#include "pycore_policy_plain.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_runtime.h"       // _Py_ID()
#include "pycore_typeobject.h"    // _PyType_GetDict(), _PyType_LookupRef()

static inline uint32_t
maker_of(PyObject *mro, Py_ssize_t i)
{
    return ((PyTypeObject *)PyTuple_GET_ITEM(mro, i))->_tp_principal;
}

/* Has one made the first n, at least one, of them? */
static inline bool
made_all(PyObject *mro, Py_ssize_t n)
{
    while (n > 1 && maker_of(mro, n - 1) == maker_of(mro, 0)) {
        n--;
    }
    return n == 1;
}

uint32_t
_PyPolicyMade_MakersOf(PyTypeObject *type, PyObject *name)
{
    uint32_t set = _PyPrincipal_STDLIB;
    PyObject *mro = _PyPolicy_HoldMRO(type);
    Py_ssize_t n = mro != NULL ? PyTuple_GET_SIZE(mro) : 0;
    while (n > 0 && maker_of(mro, n - 1) < _PyPrincipal_UNKNOWN) {
        n--;                    /* nobody from here on */
    }
    if (n > 0 && made_all(mro, n)) {
        set = maker_of(mro, 0);
        n = 0;                  /* wherever the method is */
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (maker_of(mro, i) >= _PyPrincipal_UNKNOWN) {
            set = _PyPrincipal_Join(set, maker_of(mro, i));
        }
        PyObject *dict = name == NULL || i == n - 1 ? NULL : _PyType_GetDict(
            (PyTypeObject *)PyTuple_GET_ITEM(mro, i));
        /* Where it is not known, more makers act. */
        if (dict != NULL && _PyPolicy_IsPlain(dict)
            && PyDict_Contains(dict, name) != 0)
        {
            PyErr_Clear();
            break;
        }
    }
    _PyPolicy_LetGo(mro);
    return set;
}

/* Without memory there is no note, and so nobody known. */
static _PyPolicyNotes notes;

/* --- Seams -------------------------------------------------------------- */

static PyObject *
allocate(PyTypeObject *type, Py_ssize_t n)
{
    PyObject *object = PyType_GenericAlloc(type, n);
    if (object != NULL) {
        (void)_PyPolicyNotes_Write(&notes, object, _PyPrincipal_Acting());
    }
    return object;
}

static bool
is_applications(PyObject *func)
{
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(func);
    return (code->_co_principal & _PyPrincipal_SET)
           == _PyPrincipal_APPLICATION;
}

void
_PyPrincipal_NoteObjects(PyTypeObject *type)
{
    PyObject *del = _PyType_LookupRef(type, &_Py_ID(__del__));
    if (del != NULL && PyFunction_Check(del) && !is_applications(del)
        && type->tp_alloc == PyType_GenericAlloc)
    {
        type->tp_alloc = allocate;
    }
    Py_XDECREF(del);
}

void
_PyPrincipal_EnterFinalizer(PyThreadState *tstate, _PyPolicyMark *mark,
                            PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    uint32_t set = _PyPolicyMade_MakersOf(type, &_Py_ID(__del__));
    if (type->tp_alloc == allocate) {
        uint32_t noted = _PyPolicyNotes_Take(&notes, object,
                                             _PyPrincipal_UNKNOWN);
        set = _PyPrincipal_Join(set, noted);
    }
    _PyPrincipal_EnterBase(tstate, mark, set);
}
