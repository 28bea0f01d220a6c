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

   (The import system itself, which every start loads, asks for nothing but
   code, and only the interpreter can mark that.)

   None of what may be asked lets the caller say whose anything is, and the
   object may be in anybody's hands.

   Called by: upstream's ceval.c and import.c, wherever that statement could
   be given something else. */

#include "Python.h"
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_file.h"   // _PyPolicyFile_JudgeShown()
#include "pycore_policy_library.h"
#include "pycore_principal_load.h"
#include "pycore_pystate.h"       // _PyInterpreterState_GET()
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

static PyObject *
library_getattro(PyObject *self, PyObject *name)
{
    PyObject *value = PyObject_GenericGetAttr(self, name), *imp;
    if (value != NULL || !PyErr_ExceptionMatches(PyExc_AttributeError)) {
        return value;
    }
    PyErr_Clear();
    imp = PyObject_GetAttrString(_PyInterpreterState_GET()->imports.importlib,
                                 "_imp");
    value = imp == NULL ? NULL : PyObject_GetAttr(imp, name);
    Py_XDECREF(imp);
    return value;
}

static PyMethodDef library_methods[] = {
    {"has_policy", _PyPolicyGate_HasPolicy, METH_NOARGS, NULL},
    {"load_pth_line", _PyPrincipal_LoadPthLine, METH_VARARGS, NULL},
    {"as_found", _PyPrincipal_AsFound, METH_O, NULL},
    {"deferred", _PyPrincipal_Deferred, METH_O, NULL},
    {"judge_shown", _PyPolicyFile_JudgeShown, METH_O, NULL},
    {"built", _PyPrincipal_BuiltHere, METH_O, NULL},
    {"for_class_of", _PyPrincipal_ForClassOf, METH_O, NULL},
    {"weak_parts", _PyCFunction_CAST(_PyPrincipal_WeakParts), METH_FASTCALL,
     NULL},
    {"acting", _PyPrincipal_ActingNow, METH_NOARGS, NULL},
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

bool
_PyPolicyLibrary_Asks(PyThreadState *tstate, PyObject *name)
{
    const _PyInterpreterFrame *frame = tstate->current_frame;
    if (!_PyPolicyLibrary_IsName(name)
        || frame == NULL || frame->owner == FRAME_OWNED_BY_CSTACK)
    {
        return false;
    }
    PyCodeObject *code = (PyCodeObject *)frame->f_executable;
    return (code->_co_principal & _PyPrincipal_SET) == _PyPrincipal_STDLIB
           && !is_import_system(code->co_filename);
}

PyObject *
_PyPolicyGate_Checks(void)
{
    struct _PyPolicyInterp *state = &_PyInterpreterState_GET()->policy;
    if (state->library == NULL) {
        PyObject *type = PyType_FromSpec(&library_spec), *made = NULL;
        if (type != NULL) {
            made = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
            Py_DECREF(type);
        }
        if (state->library == NULL) {
            state->library = made;
        }
        else {
            Py_XDECREF(made);
        }
    }
    return Py_XNewRef(state->library);
}
