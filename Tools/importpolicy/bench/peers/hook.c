/* The least that an audit hook can be: one strcmp().  It enforces nothing.

   As an extension module it is imported by peers/hook/sitecustomize.py.
   Compiled with -DPRELOAD it is there before the interpreter starts, sees all
   of its events, and costs no import. */

#include <Python.h>

static int
hook(const char *event, PyObject *arguments, void *data)
{
    if (strcmp(event, "bench.refused") == 0) {
        PyErr_SetString(PyExc_RuntimeError, "refused");
        return -1;
    }
    return 0;
}

#ifdef PRELOAD
/* Other programs on the way to the interpreter load this as well. */
#pragma weak PySys_AddAuditHook
#pragma weak PyErr_SetString
#pragma weak PyExc_RuntimeError

__attribute__((constructor)) static void
add(void)
{
    if (PySys_AddAuditHook != NULL) {
        (void)PySys_AddAuditHook(hook, NULL);
    }
}
#else
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "_bench_hook"};

PyMODINIT_FUNC
PyInit__bench_hook(void)
{
    if (PySys_AddAuditHook(hook, NULL) < 0) {
        return NULL;
    }
    return PyModule_Create(&module);
}
#endif
