/* Whose is code that the interpreter carries with it?

   The standard library's.  The import system's own functions are marked
   besides: where it is asked which statement imports, they are looked
   through. */

#include "Python.h"
#include "pycore_dict.h"          // DK_UNICODE_ENTRIES()
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_file.h"   // _PyPolicyFile_JudgeShown()
#include "pycore_principal.h"
#include "pycore_principal_load.h"
#include "pycore_pystate.h"       // _PyInterpreterState_GET()
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

#include "marshal.h"              // PyMarshal_ReadObjectFromString()

PyObject *
_PyPrincipal_UnmarshalFrozen(const char *data, Py_ssize_t size,
                             PyObject *name)
{
    if (!_PyPolicy_Judges || name == NULL) {
        return PyMarshal_ReadObjectFromString(data, size);
    }
    bool imports = PyUnicode_CheckExact(name)
        && (_PyUnicode_EqualToASCIIString(name, "_frozen_importlib")
            || _PyUnicode_EqualToASCIIString(name,
                                             "_frozen_importlib_external")
            || _PyUnicode_EqualToASCIIString(name, "zipimport"));
    PyObject *code = _PyPrincipal_Unmarshal(
        data, size, imports ? _PyPrincipal_IMPORT : _PyPrincipal_STDLIB);
    if (code != NULL && PyCode_Check(code)) {
        ((PyCodeObject *)code)->_co_principal = _PyPrincipal_BODY;
    }
    return code;
}

/* The import system's own functions were made before there was a policy. */
static void
mark_import_function(PyObject *object)
{
    if (PyFunction_Check(object)) {
        PyCodeObject *code =
            (PyCodeObject *)((PyFunctionObject *)object)->func_code;
        _PyPrincipal_MarkTree(code, _PyPrincipal_IMPORT);
    }
    else if (Py_IS_TYPE(object, &PyStaticMethod_Type)
             || Py_IS_TYPE(object, &PyClassMethod_Type))
    {
        /* The first member of both is the function: __func__. */
        PyObject *inner = PyMember_GetOne((const char *)object,
                                          Py_TYPE(object)->tp_members);
        if (inner == NULL) {
            PyErr_Clear();
            return;
        }
        mark_import_function(inner);
        Py_DECREF(inner);
    }
}

static PyMethodDef imp_methods[] = {
    {"load_code", _PyPrincipal_LoadCode, METH_VARARGS, NULL},
    {"load_pth_line", _PyPrincipal_LoadPthLine, METH_VARARGS, NULL},
    {"capture_calls", _PyPrincipal_CaptureCalls, METH_O, NULL},
    {"for_nobody", _PyPrincipal_ForNobody, METH_O, NULL},
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

/* Into the dictionary: setting attributes is judged, and whoever started the
   process need not have the permission. */
static int
add_imp_methods(PyObject *importlib)
{
    PyObject *imp = PyObject_GetAttrString(importlib, "_imp"), *name = NULL;
    int result = -1;
    if (imp == NULL || (name = PyModule_GetNameObject(imp)) == NULL) {
        goto done;
    }
    for (PyMethodDef *def = imp_methods; def->ml_name != NULL; def++) {
        PyObject *function = PyCFunction_NewEx(def, imp, name);
        result = function == NULL ? -1
            : PyDict_SetItemString(PyModule_GetDict(imp), def->ml_name,
                                   function);
        Py_XDECREF(function);
        if (result < 0) {
            break;
        }
    }
done:
    Py_XDECREF(name);
    Py_XDECREF(imp);
    return result;
}

/* This is part of every start, and a namespace mostly has names alone. */
static void
mark_values(PyObject *dict, void (*mark)(PyObject *))
{
    PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
    if (DK_IS_UNICODE(keys) && !_PyDict_HasSplitTable((PyDictObject *)dict)) {
        const PyDictUnicodeEntry *entry = DK_UNICODE_ENTRIES(keys);
        for (Py_ssize_t i = 0; i < keys->dk_nentries; i++, entry++) {
            if (entry->me_value != NULL) {
                mark(entry->me_value);
            }
        }
        return;
    }
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(dict, &at, &key, &value)) {
        mark(value);
    }
}

static void
mark_member(PyObject *value)
{
    mark_import_function(value);
    if (PyType_Check(value) && ((PyTypeObject *)value)->tp_dict != NULL) {
        mark_values(((PyTypeObject *)value)->tp_dict, mark_import_function);
    }
}

int
_PyPrincipal_MarkImportSystem(PyObject *module)
{
    PyObject *external = NULL;
    mark_values(PyModule_GetDict(module), mark_member);
    if (PyObject_GetOptionalAttrString(module, "_bootstrap_external",
                                       &external) < 0)
    {
        return -1;
    }
    if (external != NULL && PyModule_Check(external)) {
        /* There is a manager only now, or its code is marked already. */
        mark_values(PyModule_GetDict(external), mark_member);
    }
    Py_XDECREF(external);
    _PyInterpreterState_GET()->policy.import_system = 1;
    return add_imp_methods(module);
}
