/* For whom does a greenlet run?

   A greenlet has a stack of its own, which begins with nothing: no frame on
   it shows who made it, who had it begin, and in which permit's block that
   was.  All that acts at its base, as whoever starts a thread does, if what it
   was told to run shows itself: the outermost function on its stack has to be
   a dependency's.  Where that is a function of the standard library, or of C,
   anybody may have put it there since: nobody known is at the base then, as
   where it is not known who had the greenlet begin (another one ended, whose
   parent it was).

   The extension module asks the interpreter neither when it makes a greenlet
   nor when it switches to one.  But a greenlet comes into being by the slot
   tp_new of its class, which classes inherit, and is switched to by a method;
   or by the functions that the module hands to other modules in C.  That table
   also has the one that says which greenlet a thread executes.  So these are
   exchanged when the module has been imported, as slots of static types are in
   policy_patch.c; a greenlet is noted when it is made and when it is to
   begin, and where a walk comes to the bottom of a stack that is not the
   thread's, the current greenlet is asked for.

   Called by: policy_capture.c, when an extension module was imported, and
   policy_stack_base.c. */

#include "Python.h"
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_greenlet.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_notes.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <string.h>

/* The table that greenlet.h describes; these places are part of what it
   promises to other modules. */
#define CAPSULE "greenlet._C_API"
enum { TYPE = 0, NEW = 3, GET_CURRENT = 4, SWITCH = 6, STARTED = 9 };

/* A note: who made the greenlet, and had it begin; and whether that is known
   yet. */
#define BEGUN 1u
#define NOTE(set, begun) ((set) << 1 | (begun))
#define SET_OF(note) ((note) >> 1)

static _PyPolicyNotes notes;

/* What was exchanged.  An extension module of one phase is initialised once
   for all interpreters; what stands here is never replaced. */
static struct {
    PyTypeObject *type;
    struct {
        PyTypeObject *type;
        newfunc make;
    } types[8];
    PyCFunctionWithKeywords method;             /* greenlet.switch */
    PyObject *(*make)(PyObject *run, PyObject *parent);
    PyObject *(*switch_to)(PyObject *greenlet, PyObject *args,
                           PyObject *kwargs);
    int (*started)(PyObject *greenlet);
    PyObject *(*current)(void);
} originals;

static uint32_t
acting(void)
{
    return _PyPolicyStack_Acting(_PyThreadState_GET()).set;
}

/* --- Making ------------------------------------------------------------- */

/* Steals the reference, and returns it unless there is no memory. */
static PyObject *
note_made(PyObject *made)
{
    if (made != NULL && !_PyPolicyNotes_Write(
            &notes, made, NOTE(acting(), 0)))
    {
        Py_DECREF(made);
        return PyErr_NoMemory();
    }
    return made;
}

static PyObject *
make_by_type(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    for (PyTypeObject *base = type; base != NULL; base = base->tp_base) {
        for (size_t i = 0; i < Py_ARRAY_LENGTH(originals.types); i++) {
            if (originals.types[i].type == base) {
                return note_made(originals.types[i].make(type, args, kwargs));
            }
        }
    }
    Py_UNREACHABLE();           /* classes have the slot from one of these */
}

static PyObject *
make_by_call(PyObject *run, PyObject *parent)
{
    return note_made(originals.make(run, parent));
}

/* --- Beginning ---------------------------------------------------------- */

static bool
is_to_begin(PyObject *greenlet)
{
    return PyObject_TypeCheck(greenlet, originals.type)
           && originals.started(greenlet) == 0;
}

/* Whoever is acting has it begin.  One that cannot be noted, or never was,
   runs for nobody known. */
static void
note_begin(PyObject *greenlet, uint32_t begun)
{
    uint32_t note = _PyPolicyNotes_Read(&notes, greenlet,
                                        NOTE(_PyPrincipal_UNKNOWN, 0));
    uint32_t set = _PyPrincipal_Join(SET_OF(note), acting());
    (void)_PyPolicyNotes_Write(&notes, greenlet, NOTE(set, begun));
}

static PyObject *
switch_by(PyObject *(*original)(PyObject *, PyObject *, PyObject *),
          PyObject *greenlet, PyObject *args, PyObject *kwargs)
{
    if (!is_to_begin(greenlet)) {
        return original(greenlet, args, kwargs);
    }
    note_begin(greenlet, BEGUN);
    Py_INCREF(greenlet);
    PyObject *result = original(greenlet, args, kwargs);
    if (result == NULL && originals.started(greenlet) == 0) {
        /* It did not begin, and may yet do so by itself. */
        PyObject *raised = PyErr_GetRaisedException();
        note_begin(greenlet, 0);
        PyErr_SetRaisedException(raised);
    }
    Py_DECREF(greenlet);
    return result;
}

static PyObject *
switch_by_method(PyObject *greenlet, PyObject *args, PyObject *kwargs)
{
    return switch_by(originals.method, greenlet, args, kwargs);
}

static PyObject *
switch_by_call(PyObject *greenlet, PyObject *args, PyObject *kwargs)
{
    return switch_by(originals.switch_to, greenlet, args, kwargs);
}

/* --- Exchanging --------------------------------------------------------- */

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

static bool
exchange_types(PyTypeObject *greenlet, PyObject *dict)
{
    PyObject *name, *value;
    Py_ssize_t pos = 0;
    while (PyDict_Next(dict, &pos, &name, &value)) {
        if (PyType_Check(value)
            && PyType_IsSubtype((PyTypeObject *)value, greenlet)
            && !exchange_type((PyTypeObject *)value))
        {
            return false;
        }
    }
    return greenlet->tp_new == make_by_type;
}

/* The method, where it is found and inherited. */
static bool
exchange_method(PyTypeObject *greenlet)
{
    PyMethodDef *def = greenlet->tp_methods;
    while (def != NULL && def->ml_name != NULL
           && strcmp(def->ml_name, "switch") != 0)
    {
        def++;
    }
    if (def == NULL || def->ml_name == NULL
        || def->ml_flags != (METH_VARARGS | METH_KEYWORDS))
    {
        return false;
    }
    originals.method = (PyCFunctionWithKeywords)(void (*)(void))def->ml_meth;
    def->ml_meth = _PyCFunction_CAST(switch_by_method);
    return true;
}

static void
exchange_table(void **table)
{
    originals.type = table[TYPE];
    memcpy(&originals.make, &table[NEW], sizeof(void *));
    memcpy(&originals.switch_to, &table[SWITCH], sizeof(void *));
    memcpy(&originals.started, &table[STARTED], sizeof(void *));
    memcpy(&originals.current, &table[GET_CURRENT], sizeof(void *));
    table[NEW] = (void *)make_by_call;
    table[SWITCH] = (void *)switch_by_call;
}

int
_PyPolicyGreenlet_ModuleMade(PyObject *module)
{
    PyObject *dict = PyModule_GetDict(module), *capsule;
    if (PyDict_GetItemStringRef(dict, "_C_API", &capsule) <= 0) {
        return PyErr_Occurred() ? -1 : 0;
    }
    void **table = PyCapsule_IsValid(capsule, CAPSULE)
                   ? PyCapsule_GetPointer(capsule, CAPSULE) : NULL;
    Py_DECREF(capsule);
    if (table == NULL || table[NEW] == (void *)make_by_call) {
        return 0;
    }
    if (originals.type != NULL) {
        PyErr_SetString(PyExc_ImportError, "an import policy is in force, "
                        "and another copy of greenlet was imported before");
        return -1;
    }
    if (!exchange_types(table[TYPE], dict) || !exchange_method(table[TYPE])) {
        PyErr_SetString(PyExc_ImportError, "an import policy is in force, "
                        "which does not know this version of greenlet");
        return -1;
    }
    exchange_table(table);
    return 0;
}

/* --- Asking ------------------------------------------------------------- */

/* Of the greenlet that the thread executes; false: nobody says which one. */
static bool
current_note(uint32_t *note)
{
    PyObject *raised = PyErr_GetRaisedException();
    PyObject *current = originals.current();
    if (current != NULL) {
        *note = _PyPolicyNotes_Read(&notes, current,
                                    NOTE(_PyPrincipal_UNKNOWN, 0));
        Py_DECREF(current);
    }
    PyErr_SetRaisedException(raised);
    return current != NULL;
}

/* Is the outermost function on the stack somebody's, who shows himself? */
static bool
shows_itself(PyThreadState *tstate)
{
    uint32_t set = _PyPrincipal_STDLIB;
    const _PyInterpreterFrame *f = tstate->current_frame;
    for (; f != NULL; f = f->previous) {
        if (f->owner != FRAME_OWNED_BY_CSTACK) {
            PyCodeObject *code = (PyCodeObject *)f->f_executable;
            set = code->_co_principal & _PyPrincipal_SET;
        }
        else if (_PyPolicyMark_Of(f) != NULL) {
            set = _PyPrincipal_STDLIB;
        }
    }
    return set >= _PyPrincipal_FIRST;
}

uint32_t
_PyPolicyGreenlet_Base(PyThreadState *tstate)
{
    uint32_t note;
    return originals.type != NULL && shows_itself(tstate)
           && current_note(&note) && (note & BEGUN)
           ? SET_OF(note) : _PyPrincipal_UNKNOWN;
}

uint32_t
_PyPolicyGreenlet_Permits(void)
{
    uint32_t note = NOTE(_PyPrincipal_STDLIB, 0);
    return originals.type == NULL || current_note(&note)
           ? _PyPolicyNarrow_PermitsOf(SET_OF(note)) : _PyPrincipal_UNKNOWN;
}
