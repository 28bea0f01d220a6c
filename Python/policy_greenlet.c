/* In which permit's block was a greenlet made?

   A greenlet has a stack of its own, which begins with nothing: no frame on
   it shows in which block it was made, and it may well go on when the block
   was left.  A permit holds for all that is started in its block, though.

   The extension module asks the interpreter neither when it makes a greenlet
   nor when it switches to one.  But a greenlet comes into being by the slot
   tp_new of its class, which classes inherit, or by the function that the
   module hands to other modules in C; and that table of functions has one
   that says which greenlet a thread executes.  So both ways are exchanged
   when the module has been imported, as those of static types are in
   policy_patch.c: a greenlet that is made where permits are in force is noted
   with them, and where a walk comes to the bottom of a stack that is not the
   thread's, the current greenlet is asked for, if there is any note at all.

   No note is ever taken back but when the address is used for another
   greenlet.  What a greenlet makes is made on its stack, and inherits.

   Called by: policy_capture.c, when an extension module was imported, and
   policy_stack_base.c. */

#include "Python.h"
#include "pycore_policy_greenlet.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_notes.h"
#include "pycore_policy_stack_base.h"
#include "pycore_principal.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

/* The table that greenlet.h describes; these places are part of what it
   promises to other modules. */
#define CAPSULE "greenlet._C_API"
enum { TYPE = 0, NEW = 3, GET_CURRENT = 4 };

typedef PyObject *(*Maker)(PyObject *run, PyObject *parent);
typedef PyObject *(*Getter)(void);

static _PyPolicyNotes notes;
static int noted = 0;           /* has there ever been one? */

/* What was exchanged.  An extension module of one phase is initialised once
   for all interpreters; what there is here is never replaced. */
static struct {
    struct {
        PyTypeObject *type;
        newfunc make;
    } types[8];
    Maker make;
    Getter current;
} originals;

/* Steals the reference, and returns it unless there is no memory. */
static PyObject *
note(PyObject *made)
{
    PyThreadState *tstate = _PyThreadState_GET();
    if (made == NULL) {
        return NULL;
    }
    uint32_t set = _PyPolicyStack_Narrowed(tstate, _PyPrincipal_STDLIB);
    if (set == _PyPrincipal_STDLIB) {
        if (_Py_atomic_load_int(&noted)) {
            (void)_PyPolicyNotes_Take(&notes, made, 0);
        }
        return made;
    }
    if (!_PyPolicyNotes_Write(&notes, made, set)) {
        Py_DECREF(made);
        return PyErr_NoMemory();
    }
    _Py_atomic_store_int(&noted, 1);
    return made;
}

static PyObject *
make_by_type(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    for (PyTypeObject *base = type; base != NULL; base = base->tp_base) {
        for (size_t i = 0; i < Py_ARRAY_LENGTH(originals.types); i++) {
            if (originals.types[i].type == base) {
                return note(originals.types[i].make(type, args, kwargs));
            }
        }
    }
    Py_UNREACHABLE();           /* classes have the slot from one of these */
}

static PyObject *
make_by_call(PyObject *run, PyObject *parent)
{
    return note(originals.make(run, parent));
}

/* A class of the module that makes greenlets in a way of its own.  false: it
   is one too many. */
static bool
exchange_type(PyTypeObject *type)
{
    if (type->tp_new == make_by_type) {
        return true;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(originals.types); i++) {
        if (originals.types[i].type == NULL) {
            originals.types[i].type = type;
            originals.types[i].make = type->tp_new;
            type->tp_new = make_by_type;
            return true;
        }
    }
    return false;
}

int
_PyPolicyGreenlet_ModuleMade(PyObject *module)
{
    PyObject *dict = PyModule_GetDict(module), *name, *value, *capsule;
    if (PyDict_GetItemStringRef(dict, "_C_API", &capsule) <= 0) {
        return PyErr_Occurred() ? -1 : 0;
    }
    void **table = PyCapsule_IsValid(capsule, CAPSULE)
                   ? PyCapsule_GetPointer(capsule, CAPSULE) : NULL;
    Py_DECREF(capsule);
    if (table == NULL || table[NEW] == (void *)make_by_call) {
        return 0;
    }
    if (originals.current != NULL) {
        PyErr_SetString(PyExc_ImportError, "an import policy is in force, "
                        "and another copy of greenlet was imported before");
        return -1;
    }
    PyTypeObject *greenlet = table[TYPE];
    Py_ssize_t pos = 0;
    while (PyDict_Next(dict, &pos, &name, &value)) {
        if (PyType_Check(value)
            && PyType_IsSubtype((PyTypeObject *)value, greenlet)
            && !exchange_type((PyTypeObject *)value))
        {
            PyErr_SetString(PyExc_ImportError, "this version of greenlet "
                            "has more classes than the import policy knows");
            return -1;
        }
    }
    originals.make = (Maker)table[NEW];
    originals.current = (Getter)table[GET_CURRENT];
    table[NEW] = (void *)make_by_call;
    return 0;
}

uint32_t
_PyPolicyGreenlet_Join(uint32_t set)
{
    if (!_Py_atomic_load_int(&noted)) {
        return set;
    }
    PyObject *raised = PyErr_GetRaisedException();
    PyObject *current = originals.current();
    if (current == NULL) {
        /* It does not say any more while the interpreter ends. */
        set = _PyPrincipal_Join(set, _PyPrincipal_UNKNOWN);
    }
    else {
        set = _PyPrincipal_Join(set, _PyPolicyNotes_Read(
            &notes, current, _PyPrincipal_STDLIB));
        Py_DECREF(current);
    }
    PyErr_SetRaisedException(raised);
    return set;
}
