/* What does the standard library ask the policy, and how can it be sure?

   A few of its functions keep calls for later, or call what anybody may have
   put there, and ask the interpreter to see to that.  They write `import _imp`
   for it.  But what a name means in Python can be changed: there is the
   dictionary of the module _imp, sys.modules, and __import__ among the
   builtins, and whoever exchanged the question had the answer.

   So under a policy that statement, in code of the standard library, does not
   look anywhere.  It gives an object of a class that cannot be changed, with
   what may be asked; everything else it takes from the module.  Functions that
   ask long after their module was loaded have the statement in themselves, for
   names of a module can be changed as well.

   Without a policy upstream's code would not import anything there, so the
   statement does not depend on more than that does: not on __import__() if
   that is somebody's own, nor at the interpreter's end on what is left then.

   (The import system itself, which every start loads, asks for nothing but
   code, and only the interpreter can mark that.)

   None of what may be asked lets the caller say whose anything is, and the
   object may be in anybody's hands.

   Called by: upstream's ceval.c and import.c, wherever that statement could
   be given something else. */

#include "Python.h"
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_deferred.h"
#include "pycore_policy_file.h"   // _PyPolicyFile_JudgeShown()
#include "pycore_policy_library.h"
#include "pycore_policy_stack_found.h"
#include "pycore_principal_load.h"
#include "pycore_pystate.h"       // _PyInterpreterState_GET()
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

/* --- What may be asked --------------------------------------------------- */

/* A function of the library's that is looked at for what it calls itself. */
static bool
is_looked_at(PyObject *func)
{
    return _PyPrincipal_IsTransparent(func)
           && _PyPolicyStack_CallsFound(
                  (PyCodeObject *)PyFunction_GET_CODE(func));
}

/* as_found(function): the same where it was found, and not where it was
   registered: unless it shows itself, nobody known acts in it.  That takes
   away and never gives. */
static PyObject *
library_as_found(PyObject *Py_UNUSED(self), PyObject *func)
{
    return _PyPolicyDeferred_IsSafe(func) || is_looked_at(func)
        ? Py_NewRef(func)
        : _PyPolicyDeferred_New(_PyPolicyDeferred_NOBODY, false, func, NULL,
                                NULL, NULL);
}

/* acting(): a number that stands for all who are acting now. */
static PyObject *
library_acting(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args))
{
    return PyLong_FromUnsignedLong(_PyPrincipal_Acting());
}

/* deferred(function, ...): for a list of what is to be called, with nothing,
   later: it acts for whoever is acting now.  It has the arguments itself, for
   those in a closure could be exchanged. */
static PyObject *
library_deferred(PyObject *Py_UNUSED(self), PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n == 0) {
        PyErr_SetString(PyExc_TypeError, "deferred() takes a function");
        return NULL;
    }
    PyObject *rest = PyTuple_GetSlice(args, 1, n);
    PyObject *made = rest == NULL ? NULL
        : _PyPolicyDeferred_New(_PyPolicyDeferred_WHOLE, false,
                                PyTuple_GET_ITEM(args, 0), rest, kwargs,
                                NULL);
    Py_XDECREF(rest);
    return made;
}

/* registered(function): for a list, which anybody can write, of what is to be
   called later with what stands beside it: whoever is acting now acts in it,
   too.  What calls it is looked at (policy_stack_callers.c). */
static PyObject *
library_registered(PyObject *Py_UNUSED(self), PyObject *func)
{
    return _PyPrincipal_Registered(func);
}

/* --- The object --------------------------------------------------------- */

static PyObject *
library_getattro(PyObject *self, PyObject *name)
{
    PyObject *value = PyObject_GenericGetAttr(self, name), *imp;
    PyObject *importlib = _PyInterpreterState_GET()->imports.importlib;
    if (value != NULL || !PyErr_ExceptionMatches(PyExc_AttributeError)
        || importlib == NULL)
    {
        return value;
    }
    PyErr_Clear();
    imp = PyObject_GetAttrString(importlib, "_imp");
    value = imp == NULL ? NULL : PyObject_GetAttr(imp, name);
    Py_XDECREF(imp);
    return value;
}

static PyMethodDef library_methods[] = {
    {"has_policy", _PyPolicyGate_HasPolicy, METH_NOARGS, NULL},
    {"load_pth_line", _PyPrincipal_LoadPthLine, METH_VARARGS, NULL},
    {"as_found", library_as_found, METH_O, NULL},
    {"deferred", _PyCFunction_CAST(library_deferred),
     METH_VARARGS | METH_KEYWORDS, NULL},
    {"judge_shown", _PyPolicyFile_JudgeShown, METH_O, NULL},
    {"registered", library_registered, METH_O, NULL},
    {"for_class_of", _PyPrincipal_ForClassOf, METH_O, NULL},
    {"weak_parts", _PyCFunction_CAST(_PyPrincipal_WeakParts), METH_FASTCALL,
     NULL},
    {"acting", library_acting, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot library_slots[] = {
    {Py_tp_doc, "The module _imp, as the standard library sees it."},
    {Py_tp_getattro, library_getattro},
    {Py_tp_methods, library_methods},
    {0, NULL}
};

static PyType_Spec library_spec = {
    .name = "importpolicy.library",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE
             | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = library_slots,
};

/* --- Who is given it ---------------------------------------------------- */

static bool
is_import_system(PyObject *file)
{
    return _PyUnicode_EqualToASCIIString(
               file, "<frozen importlib._bootstrap_external>")
           || _PyUnicode_EqualToASCIIString(file, "<frozen zipimport>");
}

bool
_PyPolicyLibrary_IsName(PyObject *name)
{
    return _PyUnicode_EqualToASCIIString(name, "_imp");
}

/* NULL where no code of Python's is running. */
static PyCodeObject *
running_code(PyThreadState *tstate)
{
    const _PyInterpreterFrame *frame = tstate->current_frame;
    return frame == NULL || frame->owner == FRAME_OWNED_BY_CSTACK
           ? NULL : (PyCodeObject *)frame->f_executable;
}

bool
_PyPolicyLibrary_Asks(PyThreadState *tstate, PyObject *name)
{
    PyCodeObject *code = running_code(tstate);
    return code != NULL && _PyPolicyLibrary_IsName(name)
           && (code->_co_principal & _PyPrincipal_SET) == _PyPrincipal_STDLIB
           && !is_import_system(code->co_filename);
}

/* Does the name, from there on, begin with that?  Where it ends, or -1. */
static Py_ssize_t
skip(PyObject *name, Py_ssize_t at, const wchar_t *start)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(name);
    for (; at < n && *start != L'\0'; at++, start++) {
        if (PyUnicode_READ_CHAR(name, at) != (Py_UCS4)*start) {
            return -1;
        }
    }
    return *start == L'\0' ? at : -1;
}

bool
_PyPolicyGate_ImportsShipped(PyThreadState *tstate, PyObject *name)
{
    if (_PyPolicy_Active) {
        return _PyPolicyLibrary_Asks(tstate, name);
    }
    PyCodeObject *code = running_code(tstate);
    const wchar_t *dir = _PyInterpreterState_GetConfig(tstate->interp)
                         ->stdlib_dir;
    if (code == NULL || dir == NULL || !_PyPolicyLibrary_IsName(name)) {
        return false;
    }
    Py_ssize_t at = skip(code->co_filename, 0, dir);
    return at >= 0 && skip(code->co_filename, at, L"/") >= 0
           && skip(code->co_filename, at, L"/site-packages/") < 0;
}

static PyObject *
make_checks(void)
{
    PyObject *made = NULL, *type = PyType_FromSpec(&library_spec);
    if (type != NULL) {
        made = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
        Py_DECREF(type);
    }
    return made;
}

/* Threads that run at once may all make one. */
PyObject *
_PyPolicyGate_Checks(void)
{
    struct _PyPolicyInterp *state = &_PyInterpreterState_GET()->policy;
    PyObject *checks = _Py_atomic_load_ptr_acquire(&state->library);
    if (checks == NULL) {
        PyObject *made = make_checks();
        if (made == NULL
            || _Py_atomic_compare_exchange_ptr(&state->library, &checks, made))
        {
            return Py_XNewRef(made);
        }
        Py_DECREF(made);
    }
    return Py_NewRef(checks);
}
