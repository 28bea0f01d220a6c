/* Whose is code that the interpreter carries with it?

   The standard library's.  The import system's own functions are marked
   besides: where it is asked which statement imports, they are looked
   through. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
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

static void
mark_values(PyObject *dict, void (*mark)(PyObject *))
{
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
    return 0;
}
