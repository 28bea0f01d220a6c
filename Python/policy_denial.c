/* What does a refusal look like from Python?

   The gate has said no and filled one record (_PyPolicyDenial).  Here it is
   logged and, unless the policy only audits, becomes an exception:

       Exception
        +- SecurityError
            +- ImportDenied   also a ModuleNotFoundError
            +- AccessDenied   also a PermissionError

   A refused import reads as an absent module, because that is what programs
   are prepared for: `try: import x; except ImportError:` takes the other way.
   A refused operation reads as one that the system did not permit.

   The classes live here rather than in Lib/importpolicy because the first
   refusal may come before anything can be imported, or be the import of that
   very package.  Each interpreter makes its own on first use, immutable so
   that nobody can plant an __init__ in them.  An instance carries what the
   record says in plain attributes: it can be pickled and copied, and changed
   by whoever holds it, for no decision is ever taken from one.

   Nothing is called here but constructors of built-in types; no name that
   Python code can set is looked up, so a refusal cannot be turned into
   somebody's code. */

#include "Python.h"
#include "pycore_interp.h"              // PyInterpreterState.policy
#include "pycore_policy_access.h"
#include "pycore_policy_denial.h"
#include "pycore_policy_log.h"
#include "pycore_policy_message.h"
#include "pycore_policy_remedy.h"
#include "pycore_pyerrors.h"            // _PyErr_GetRaisedException()
#include "pycore_pystate.h"             // _PyThreadState_GET()

#include <errno.h>


/* --- The classes --------------------------------------------------------- */

PyDoc_STRVAR(security_error_doc,
"An import or an operation was refused by a policy.");

PyDoc_STRVAR(import_denied_doc,
"The policy does not let the code that acts import this module.");

PyDoc_STRVAR(access_denied_doc,
"The policy does not let the code that acts perform this operation.");

/* A heap type's instances must show the collector their type. */
static int
visit_type(PyObject *self, visitproc visit, void *arg, PyObject *base)
{
    Py_VISIT(Py_TYPE(self));
    return ((PyTypeObject *)base)->tp_traverse(self, visit, arg);
}

static int
security_error_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit_type(self, visit, arg, PyExc_Exception);
}

static int
import_denied_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit_type(self, visit, arg, PyExc_ModuleNotFoundError);
}

static int
access_denied_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit_type(self, visit, arg, PyExc_PermissionError);
}

/* An OSError says "[Errno 13] …", which is no help here. */
static PyObject *
access_denied_str(PyObject *self)
{
    PyObject *strerror = ((PyOSErrorObject *)self)->strerror;
    if (strerror != NULL && PyUnicode_CheckExact(strerror)) {
        return Py_NewRef(strerror);
    }
    return ((PyTypeObject *)PyExc_PermissionError)->tp_str(self);
}

#define FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE \
               | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE)

static PyType_Slot security_error_slots[] = {
    {Py_tp_doc, (void *)security_error_doc},
    {Py_tp_traverse, security_error_traverse},
    {0, NULL}
};

static PyType_Spec security_error_spec = {
    .name = "importpolicy.SecurityError",
    .flags = FLAGS,
    .slots = security_error_slots,
};

static PyType_Slot import_denied_slots[] = {
    {Py_tp_doc, (void *)import_denied_doc},
    {Py_tp_traverse, import_denied_traverse},
    {0, NULL}
};

static PyType_Spec import_denied_spec = {
    .name = "importpolicy.ImportDenied",
    .flags = FLAGS,
    .slots = import_denied_slots,
};

static PyType_Slot access_denied_slots[] = {
    {Py_tp_doc, (void *)access_denied_doc},
    {Py_tp_traverse, access_denied_traverse},
    {Py_tp_str, access_denied_str},
    {0, NULL}
};

static PyType_Spec access_denied_spec = {
    .name = "importpolicy.AccessDenied",
    .flags = FLAGS,
    .slots = access_denied_slots,
};

/* What an instance has that was made by hand, such as in a test's mock. */
static const char *const common_attributes[] = {
    "principal", "policy", "line", "code", NULL
};
static const char *const import_attributes[] = {"module", NULL};
static const char *const access_attributes[] = {
    "capability", "event", "target", NULL
};

static int
set_defaults(PyObject *type, const char *const *names)
{
    PyObject *dict = ((PyTypeObject *)type)->tp_dict;
    for (; *names != NULL; names++) {
        if (PyDict_SetItemString(dict, *names, Py_None) < 0) {
            return -1;
        }
    }
    PyType_Modified((PyTypeObject *)type);
    return 0;
}

static int
set_no_chain(PyObject *type)
{
    PyObject *chain = PyTuple_New(0);
    if (chain == NULL) {
        return -1;
    }
    PyObject *dict = ((PyTypeObject *)type)->tp_dict;
    int result = PyDict_SetItemString(dict, "chain", chain);
    Py_DECREF(chain);
    return result;
}

static PyObject *
make_type(PyType_Spec *spec, PyObject *bases, const char *const *attributes)
{
    if (bases == NULL) {
        return NULL;
    }
    PyObject *type = PyType_FromSpecWithBases(spec, bases);
    Py_DECREF(bases);
    if (type != NULL && set_defaults(type, attributes) < 0) {
        Py_CLEAR(type);
    }
    return type;
}

/* Keep the new class, unless another thread was quicker; borrowed. */
static PyObject *
publish(PyObject **place, PyObject *type)
{
    void *expected = NULL;
    if (type == NULL) {
        return NULL;
    }
    if (!_Py_atomic_compare_exchange_ptr(place, &expected, type)) {
        Py_DECREF(type);
        return (PyObject *)expected;
    }
    return type;
}

PyObject *
_PyPolicyDenial_SecurityError(PyThreadState *tstate)
{
    PyObject **place = &tstate->interp->policy.security_error;
    PyObject *type = _Py_atomic_load_ptr(place);
    if (type != NULL) {
        return type;
    }
    type = make_type(&security_error_spec, PyTuple_Pack(1, PyExc_Exception),
                     common_attributes);
    if (type != NULL && set_no_chain(type) < 0) {
        Py_CLEAR(type);
    }
    return publish(place, type);
}

static PyObject *
subclass(PyThreadState *tstate, PyObject **place, PyType_Spec *spec,
         PyObject *second, const char *const *attributes)
{
    PyObject *type = _Py_atomic_load_ptr(place);
    if (type != NULL) {
        return type;
    }
    PyObject *first = _PyPolicyDenial_SecurityError(tstate);
    if (first == NULL) {
        return NULL;
    }
    return publish(place, make_type(spec, PyTuple_Pack(2, first, second),
                                    attributes));
}

PyObject *
_PyPolicyDenial_ImportDenied(PyThreadState *tstate)
{
    return subclass(tstate, &tstate->interp->policy.import_denied,
                    &import_denied_spec, PyExc_ModuleNotFoundError,
                    import_attributes);
}

PyObject *
_PyPolicyDenial_AccessDenied(PyThreadState *tstate)
{
    return subclass(tstate, &tstate->interp->policy.access_denied,
                    &access_denied_spec, PyExc_PermissionError,
                    access_attributes);
}

void
_PyPolicyDenial_Clear(PyInterpreterState *interp)
{
    Py_CLEAR(interp->policy.deferred_type);
    Py_CLEAR(interp->policy.method_type);
    Py_CLEAR(interp->policy.library);
    Py_CLEAR(interp->policy.permission_types);
    Py_CLEAR(interp->policy.access_denied);
    Py_CLEAR(interp->policy.import_denied);
    Py_CLEAR(interp->policy.security_error);
}


/* --- The exception ------------------------------------------------------- */

static PyObject *
as_str(const char *s)
{
    return PyUnicode_DecodeUTF8(s, (Py_ssize_t)strlen(s), "surrogateescape");
}

/* The text so far as a str; also gives its memory back. */
static PyObject *
finish(_PyPolicyMessage *text)
{
    PyObject *result = NULL;
    if (text->failed) {
        PyErr_NoMemory();
    }
    else {
        result = PyUnicode_DecodeUTF8(text->data ? text->data : "",
                                      (Py_ssize_t)text->n,
                                      "surrogateescape");
    }
    _PyPolicyMessage_Clear(text);
    return result;
}

static PyObject *
set_name(uint32_t set)
{
    _PyPolicyMessage text = {0};
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members);
    if (set == _PyPrincipal_APPLICATION) {
        _PyPolicyMessage_Add(&text, "__main__");
    }
    for (size_t i = 0; i < n; i++) {
        _PyPolicyMessage_Add(&text, i > 0 ? "+" : "");
        _PyPolicyMessage_Add(&text, _PyPrincipal_Name(members[i]));
    }
    return finish(&text);
}

static PyObject *
message(const _PyPolicyDenial *denial)
{
    _PyPolicyMessage text = {0};
    _PyPolicyMessage_Summary(&text, denial);
    if (denial->n_steps > 0) {
        _PyPolicyMessage_Add(&text, "\n  chain: ");
        _PyPolicyMessage_Chain(&text, denial);
    }
    size_t before = text.n;
    _PyPolicyMessage_Add(&text, "\n  ");
    size_t empty = text.n;
    _PyPolicyRemedy_Add(&text, denial);
    if (text.n == empty) {
        text.n = before;
    }
    return finish(&text);
}

/* (principal, file, line); the last two are None for what was inherited. */
static PyObject *
step_tuple(const _PyPolicyStep *step)
{
    PyObject *principal = set_name(step->set);
    PyObject *file = NULL, *line = NULL, *result = NULL;
    if (principal == NULL) {
        return NULL;
    }
    /* An exact str, even where a code object was given a subclass. */
    file = step->code ? PyUnicode_FromObject(step->code->co_filename)
                      : Py_NewRef(Py_None);
    line = step->line > 0 ? PyLong_FromLong(step->line)
                          : Py_NewRef(Py_None);
    if (file != NULL && line != NULL) {
        result = PyTuple_Pack(3, principal, file, line);
    }
    Py_DECREF(principal);
    Py_XDECREF(file);
    Py_XDECREF(line);
    return result;
}

static PyObject *
chain_tuple(const _PyPolicyDenial *denial)
{
    PyObject *chain = PyTuple_New((Py_ssize_t)denial->n_steps);
    if (chain == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < denial->n_steps; i++) {
        PyObject *step = step_tuple(&denial->steps[i]);
        if (step == NULL) {
            Py_DECREF(chain);
            return NULL;
        }
        PyTuple_SET_ITEM(chain, (Py_ssize_t)i, step);
    }
    return chain;
}

/* Steals the value, which may be NULL. */
static int
set_attribute(PyObject *exception, const char *name, PyObject *value)
{
    if (value == NULL) {
        return -1;
    }
    int result = PyObject_SetAttrString(exception, name, value);
    Py_DECREF(value);
    return result;
}

/* What stands in the exception's `code`; Doc/importpolicy/errors.rst has an
   anchor for each. */
static const char *
error_code(const _PyPolicyDenial *denial)
{
    const _PyPolicyRule *rule = denial->rule;
    if (_PyPolicyDenial_IsUnknown(denial)) {
        return "unknown-principal";
    }
    if (denial->taken != NULL) {
        return strcmp(denial->taken, "drop") == 0 ? "dropped" : "narrowed";
    }
    if (rule != NULL && rule->n_names == 0 && !rule->application) {
        return "granted-to-nobody";
    }
    return _PyPolicyDenial_IsApplication(denial) ? "application-not-granted"
                                                 : "not-granted";
}

/* None where there is none. */
static int
set_access(PyObject *exception, const _PyPolicyDenial *denial)
{
    _PyPolicyMessage target = {0};
    const char *name = _PyPolicyCapability_Name(denial->access->capability);
    PyObject *text = _PyPolicyMessage_AddTarget(&target, denial)
                     ? finish(&target) : Py_NewRef(Py_None);
    _PyPolicyMessage_Clear(&target);
    if (set_attribute(exception, "target", text) < 0) {
        return -1;
    }
    return set_attribute(exception, "capability",
                         name ? as_str(name) : Py_NewRef(Py_None));
}

static int
set_attributes(PyObject *exception, const _PyPolicyDenial *denial)
{
    const char *what = denial->imported ? "module" : "event";
    int line;
    const char *key;
    const char *file = _PyPolicyMessage_Place(denial, &line, &key);
    if (set_attribute(exception, what,
                      as_str(denial->imported ? denial->imported
                                              : denial->what)) < 0
        || set_attribute(exception, "principal",
                         as_str(denial->principal)) < 0
        || set_attribute(exception, "chain", chain_tuple(denial)) < 0
        || set_attribute(exception, "policy",
                         as_str(file)) < 0
        || set_attribute(exception, "line",
                         line > 0 ? PyLong_FromLong(line)
                                  : Py_NewRef(Py_None)) < 0
        || set_attribute(exception, "code", as_str(error_code(denial))) < 0)
    {
        return -1;
    }
    return denial->kind == _PyPolicy_ACCESS
           ? set_access(exception, denial) : 0;
}

static PyObject *
new_import_denied(PyObject *type, PyObject *text,
                  const _PyPolicyDenial *denial)
{
    PyObject *result = NULL;
    PyObject *args = PyTuple_Pack(1, text);
    PyObject *kwargs = Py_BuildValue("{s:N}", "name",
                                     as_str(denial->imported));
    if (args != NULL && kwargs != NULL) {
        result = PyObject_Call(type, args, kwargs);
    }
    Py_XDECREF(args);
    Py_XDECREF(kwargs);
    return result;
}

static PyObject *
new_exception(PyObject *type, const _PyPolicyDenial *denial)
{
    PyObject *text = message(denial);
    if (text == NULL) {
        return NULL;
    }
    PyObject *exception = denial->imported
        ? new_import_denied(type, text, denial)
        : PyObject_CallFunction(type, "iO", EACCES, text);
    Py_DECREF(text);
    if (exception != NULL && set_attributes(exception, denial) < 0) {
        Py_CLEAR(exception);
    }
    return exception;
}

/* Whatever goes wrong, some exception is set when it returns. */
static void
raise_denial(PyThreadState *tstate, const _PyPolicyDenial *denial)
{
    PyObject *pending = _PyErr_GetRaisedException(tstate);
    PyObject *type = denial->imported
        ? _PyPolicyDenial_ImportDenied(tstate)
        : _PyPolicyDenial_AccessDenied(tstate);
    PyObject *exception = type ? new_exception(type, denial) : NULL;
    if (exception != NULL) {
        _PyErr_SetObject(tstate, type, exception);
        Py_DECREF(exception);
    }
    if (pending != NULL) {
        _PyErr_ChainExceptions1(pending);
    }
    if (!_PyErr_Occurred(tstate)) {
        /* Short of memory some calls fail without saying so. */
        _PyErr_NoMemory(tstate);
    }
}

int
_PyPolicyDenial_Report(PyThreadState *tstate, const _PyPolicyDenial *denial)
{
    _PyPolicyLog_Denial(denial);
    if (_PyPolicy_IsAudit(denial->policy)) {
        return 0;
    }
    raise_denial(tstate, denial);
    return -1;
}
