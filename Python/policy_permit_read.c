/* What is to be taken away?

   drop() and permit() take the same keywords: capabilities, each with targets
   as they stand in a policy, and `imports` with modules.  They are read here
   as exact types, checked as a policy would check them, and written down as
   the members of a note (pycore_policy_narrow.h).

   Modules become keys of the note.  To permit some is a key for each of them
   and one for all others; to except one ("!ctypes"), or to drop it, is a key
   that permits it to nobody.

   Called by policy_permit.c. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_message.h"
#include "pycore_policy_name.h"
#include "pycore_policy_permit_read.h"
#include "pycore_policy_text.h"

#include <string.h>

typedef _PyPolicyPermitReader Reader;

#define IMPORTS "imports"

const char *
_PyPolicyPermitRead_Text(PyObject *str, const char *what)
{
    Py_ssize_t n;
    if (!PyUnicode_Check(str)) {
        PyErr_Format(PyExc_TypeError, "%s must be a str, not %T", what, str);
        return NULL;
    }
    const char *text = PyUnicode_AsUTF8AndSize(str, &n);
    if (text != NULL && strlen(text) != (size_t)n) {
        PyErr_Format(PyExc_ValueError, "%s must not contain a null character",
                     what);
        return NULL;
    }
    return text;
}

static int
fail_value(const char *function, const char *name, const char *advice)
{
    PyErr_Format(PyExc_ValueError, "%s(%s=...): %s", function, name, advice);
    return -1;
}

static int
fail_name(const char *function, PyObject *name)
{
    const char *names[_PyPolicy_N_CAPABILITIES + 2] = {NULL};
    names[_PyPolicy_N_CAPABILITIES] = IMPORTS;
    for (int i = 0; i < _PyPolicy_N_CAPABILITIES; i++) {
        names[i] = _PyPolicyCapability_Name((_PyPolicyCapability)i);
    }
    const char *meant = _PyPolicyText_Nearest(PyUnicode_AsUTF8(name), names);
    if (meant != NULL) {
        PyErr_Format(PyExc_ValueError, "%s(): %R is no capability; did you "
                     "mean '%s'?", function, name, meant);
    }
    else {
        PyErr_Format(PyExc_ValueError, "%s(): %R is no capability; there "
                     "are net, read, write, run, env, ffi, patch, sys, code "
                     "and introspect, and imports for modules", function,
                     name);
    }
    return -1;
}

static int
read_target(Reader *r, const char *name, _PyPolicyCapability capability,
            PyObject *item, bool first)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    const char *text = _PyPolicyPermitRead_Text(item, "a target");
    if (text == NULL) {
        return -1;
    }
    if (_PyPolicyTarget_Check(capability, text, strlen(text), code,
                              what) < 0)
    {
        return fail_value(r->function, name, what);
    }
    if (r->drop && text[0] == '!') {
        return fail_value(r->function, name, "a target that is dropped is "
                          "written without \"!\"");
    }
    _PyPolicyMessage shown = {0};
    _PyPolicyMessage_Add(&shown, r->drop ? "!" : "");
    _PyPolicyMessage_Add(&shown, text);
    _PyPolicyMessage_Add(r->out, first ? "" : ",");
    _PyPolicyMessage_AddQuoted(r->out, shown.data ? shown.data : "");
    r->out->failed |= shown.failed;
    _PyPolicyMessage_Clear(&shown);
    return 0;
}

static int
read_targets(Reader *r, const char *name, _PyPolicyCapability capability,
             PyObject *value)
{
    if (capability == _PyPolicy_CODE || capability == _PyPolicy_INTROSPECT) {
        return fail_value(r->function, name,
                          "this capability has no targets; write True or "
                          "False");
    }
    PyObject *items = PySequence_List(value);
    if (items == NULL) {
        return -1;
    }
    int result = 0;
    if (r->drop && PyList_GET_SIZE(items) == 0) {
        result = fail_value(r->function, name, "nothing is listed; write "
                            "targets, or True for all");
    }
    _PyPolicyMessage_Add(r->out, "[");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(items) && result == 0; i++) {
        result = read_target(r, name, capability, PyList_GET_ITEM(items, i),
                             i == 0);
    }
    _PyPolicyMessage_Add(r->out, "]");
    Py_DECREF(items);
    return result;
}

static bool
is_list(PyObject *value)
{
    return PyList_CheckExact(value) || PyTuple_CheckExact(value)
           || PyAnySet_CheckExact(value);
}

/* A keyword's value: True, False or a list.  0 when a permit changes nothing,
   1 when something is taken away. */
static int
read_whole(Reader *r, const char *name, PyObject *value)
{
    if (value != Py_True && value != Py_False && !is_list(value)) {
        PyErr_Format(PyExc_TypeError, "%s(%s=...) takes %s or a list of "
                     "%s, not %T", r->function, name,
                     r->drop ? "True" : "True, False",
                     strcmp(name, IMPORTS) == 0 ? "modules" : "targets",
                     value);
        return -1;
    }
    if (r->drop && value == Py_False) {
        return fail_value(r->function, name, "False takes nothing away; "
                          "write True for all, or a list of targets");
    }
    return r->drop || value != Py_True;
}

/* One keyword, but for the modules. */
static int
read_capability(Reader *r, PyObject *key, PyObject *value)
{
    const char *name = _PyPolicyPermitRead_Text(key, "a capability");
    if (name == NULL) {
        return -1;
    }
    if (strcmp(name, IMPORTS) == 0) {
        return 0;
    }
    _PyPolicyCapability capability = _PyPolicyCapability_Named(name,
                                                               strlen(name));
    if (capability == _PyPolicy_NO_CAPABILITY) {
        return fail_name(r->function, key);
    }
    int all = read_whole(r, name, value);
    if (all <= 0) {
        return all;
    }
    if (capability == _PyPolicy_PATCH
        && !_PyPolicyGate_Restricts(capability))
    {
        /* What watches it was not put in place at start. */
        PyErr_Format(PyExc_RuntimeError, "%s(patch=...) needs a policy that "
                     "speaks of patch", r->function);
        return -1;
    }
    _PyPolicyMessage_Add(r->out, r->entry ? "," : "");
    _PyPolicyMessage_AddQuoted(r->out, name);
    _PyPolicyMessage_Add(r->out, ":");
    r->any = r->entry = true;
    if (is_list(value)) {
        return read_targets(r, name, capability, value);
    }
    _PyPolicyMessage_Add(r->out, "false");
    return 0;
}

int
_PyPolicyPermitRead_Capabilities(Reader *r, PyObject *kwargs)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    r->entry = false;
    while (kwargs != NULL && PyDict_Next(kwargs, &at, &key, &value)) {
        if (read_capability(r, key, value) < 0) {
            return -1;
        }
    }
    return 0;
}

/* --- Modules ------------------------------------------------------------- */

static void
add_key(Reader *r, const char *name, bool permitted)
{
    _PyPolicyMessage_Add(r->out, r->keys ? "," : "\t,");
    r->keys = true;
    _PyPolicyMessage_AddQuoted(r->out, name);
    _PyPolicyMessage_Add(r->out, permitted ? ":\"*\"" : ":[]");
    r->any = true;
}

/* Calls of builtins are watched only where a policy has said so at start. */
static int
check_module(Reader *r, const char *name)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    if (strncmp(name, "builtins.", 9) == 0) {
        return fail_value(r->function, IMPORTS, "a builtin is not imported; "
                          "write the modules");
    }
    return _PyPolicyName_Check(_PyPolicyName_MODULE, name, strlen(name), code,
                               what) < 0
           ? fail_value(r->function, IMPORTS, what) : 0;
}

/* One module.  *others: only what is listed is permitted. */
static int
read_module(Reader *r, PyObject *item, PyObject *seen, bool *others)
{
    const char *text = _PyPolicyPermitRead_Text(item, "a module");
    if (text == NULL) {
        return -1;
    }
    bool excepted = text[0] == '!';
    if (r->drop && excepted) {
        return fail_value(r->function, IMPORTS, "a module that is dropped is "
                          "written without \"!\"");
    }
    const char *name = text + excepted;
    PyObject *key = check_module(r, name) < 0 ? NULL
                                              : PyUnicode_FromString(name);
    int result = key ? PySet_Contains(seen, key) : -1;
    if (result > 0) {
        PyErr_Format(PyExc_ValueError, "%s(imports=...) names %R twice",
                     r->function, key);
        result = -1;
    }
    else if (result == 0) {
        add_key(r, name, !r->drop && !excepted);
        *others |= !r->drop && !excepted;
        result = PySet_Add(seen, key);
    }
    Py_XDECREF(key);
    return result;
}

static int
read_modules(Reader *r, PyObject *value)
{
    bool others = false;
    int result = 0;
    PyObject *items = PySequence_List(value), *seen = PySet_New(NULL);
    if (items == NULL || seen == NULL) {
        result = -1;
    }
    else if (PyList_GET_SIZE(items) == 0) {
        others = !r->drop;
        result = r->drop ? fail_value(r->function, IMPORTS, "nothing is "
                                      "listed; write modules, or True for "
                                      "all") : 0;
    }
    for (Py_ssize_t i = 0; result == 0 && i < PyList_GET_SIZE(items); i++) {
        result = read_module(r, PyList_GET_ITEM(items, i), seen, &others);
    }
    if (result == 0 && others) {
        add_key(r, "*", false);
    }
    Py_XDECREF(items);
    Py_XDECREF(seen);
    return result;
}

int
_PyPolicyPermitRead_Imports(Reader *r, PyObject *kwargs)
{
    PyObject *value;
    int result = kwargs == NULL
        ? 0 : PyDict_GetItemStringRef(kwargs, IMPORTS, &value);
    if (result <= 0) {
        return result;
    }
    result = read_whole(r, IMPORTS, value);
    if (result > 0 && !is_list(value)) {
        add_key(r, "*", false);
        result = 0;
    }
    else if (result > 0) {
        result = read_modules(r, value);
    }
    Py_DECREF(value);
    return result;
}
