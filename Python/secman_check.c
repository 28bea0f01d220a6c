/* What does a manager's own class say, and how is a refusal told?

   A class in Python may have methods of its own: on_FAMILY(permission, args)
   for the events of a family, the nearest that there is on the way up, or
   dispatch_audit(event, *args) for all.  They are captured when the manager is
   put in force: whatever is done to the class later changes nothing.

   True is a yes.  Everything else is a no, an exception and a coroutine too,
   and what was raised is dropped with its traceback, in which the manager's
   frames are.  While a method runs, its manager is not asked by way of methods
   again: the permissions alone judge what the method does.  To let all of it
   pass would be a door, for the method handles objects whose classes others
   wrote, and the collector may run anybody's finalizer in it.

   A method belongs to one interpreter.  In any other what it would decide is
   refused.

   A refusal is an exception of the same classes as a policy's, whose message
   begins with "secman:".  Nothing in it calls Python code: of the arguments
   only texts and numbers are shown. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_access.h"  // _PyPolicyAccess
#include "pycore_policy_denial.h"
#include "pycore_policy_log.h"    // _PyPolicyLog_Manager()
#include "pycore_policy_message.h"
#include "pycore_pyerrors.h"      // _PyErr_SetObject()
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_secman.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <errno.h>
#include <fcntl.h>                // F_GETFD
#include <string.h>
#include <unistd.h>               // write()

/* --- Methods ------------------------------------------------------------- */

static bool
is_running(PyThreadState *tstate, const _PySecman *manager)
{
    const _PySecmanCheck *check =
        ((_PyThreadStateImpl *)tstate)->policy.checks;
    for (; check != NULL; check = check->outer) {
        if (check->manager == manager) {
            return true;
        }
    }
    return false;
}

/* The nearest method on the way up. */
static PyObject *
method_for(const _PySecman *manager, const char *event)
{
    int family = _PySecman_FamilyOf(event);
    while (family >= 0 && manager->checks[family] == NULL) {
        family = _PySecman_FamilyAt(family)->above;
    }
    return family >= 0 ? manager->checks[family] : NULL;
}

bool
_PySecmanCheck_IsAsked(PyThreadState *tstate, const _PySecman *manager,
                       const char *event)
{
    return manager->object != NULL && !is_running(tstate, manager)
           && (manager->dispatch != NULL
               || method_for(manager, event) != NULL);
}

/* (event, *args) */
static PyObject *
dispatch_arguments(const char *event, PyObject *args)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    PyObject *all = PyTuple_New(n + 1);
    PyObject *name = PyUnicode_DecodeUTF8(event, (Py_ssize_t)strlen(event),
                                          "surrogateescape");
    if (all == NULL || name == NULL) {
        Py_XDECREF(all);
        Py_XDECREF(name);
        return NULL;
    }
    PyTuple_SET_ITEM(all, 0, name);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyTuple_SET_ITEM(all, i + 1, Py_NewRef(PyTuple_GET_ITEM(args, i)));
    }
    return all;
}

static PyObject *
call_method(const _PySecman *manager, bool allow,
            const _PySecmanRefusal *refusal)
{
    PyObject *result = NULL, *method = manager->dispatch, *args = NULL;
    if (method != NULL) {
        args = dispatch_arguments(refusal->event, refusal->args);
    }
    else {
        method = method_for(manager, refusal->event);
        PyObject *permission = manager->permission(refusal->event, allow);
        args = permission ? PyTuple_Pack(2, permission, refusal->args) : NULL;
        Py_XDECREF(permission);
    }
    if (args != NULL) {
        Py_INCREF(method);
        result = PyObject_CallObject(method, args);
        Py_DECREF(method);
        Py_DECREF(args);
    }
    return result;
}

int
_PySecmanCheck_Ask(PyThreadState *tstate, _PySecman *manager, bool allow,
                   _PySecmanRefusal *refusal)
{
    struct _PyPolicyThread *thread = &((_PyThreadStateImpl *)tstate)->policy;
    if (tstate->interp->id != manager->interp) {
        refusal->reason = "its class belongs to another interpreter";
        return 0;
    }
    _PySecmanCheck check = {.outer = thread->checks, .manager = manager};
    thread->checks = &check;
    PyThreadState_EnterTracing(tstate);
    PyObject *result = call_method(manager, allow, refusal);
    int answer = result == Py_True;
    refusal->raised[0] = '\0';
    refusal->reason = result == NULL ? "its class raised an exception"
                      : result == Py_False ? "its class says no"
                      : "its class says neither yes nor no";
    if (result == NULL) {
        PyObject *exception = PyErr_GetRaisedException();
        PyOS_snprintf(refusal->raised, sizeof(refusal->raised), "%s",
                      exception ? _PyType_Name(Py_TYPE(exception)) : "");
        Py_XDECREF(exception);
    }
    Py_XDECREF(result);
    PyThreadState_LeaveTracing(tstate);
    thread->checks = check.outer;
    return answer;
}

/* --- Capture ------------------------------------------------------------- */

/* A new reference, or NULL when it is the original (no exception) or an
   exception is set. */
static PyObject *
own_method(PyObject *object, const char *name, PyCFunction original)
{
    PyObject *method = PyObject_GetAttrString(object, name);
    if (method != NULL && PyCFunction_Check(method)
        && PyCFunction_GET_FUNCTION(method) == original)
    {
        Py_CLEAR(method);
    }
    return method;
}

static int
capture_checks(_PySecman *manager, PyObject *object, PyCFunction original,
               bool *any)
{
    char name[32];
    const _PySecmanFamily *family;
    for (int i = 0; (family = _PySecman_FamilyAt(i)) != NULL; i++) {
        PyOS_snprintf(name, sizeof(name), "on_%s", family->name);
        PyObject *method = own_method(object, name, original);
        if (method == NULL && PyErr_Occurred()) {
            return -1;
        }
        *any |= method != NULL;
        manager->checks[i] = method;
    }
    return 0;
}

int
_PySecmanCheck_Capture(_PySecman *manager, PyObject *object,
                       PyCFunction check, PyCFunction dispatch,
                       _PySecmanHandle permission)
{
    bool any = false;
    manager->interp = _PyInterpreterState_GET()->id;
    manager->permission = permission;
    if (capture_checks(manager, object, check, &any) < 0) {
        goto error;
    }
    manager->dispatch = own_method(object, "dispatch_audit", dispatch);
    if (manager->dispatch == NULL && PyErr_Occurred()) {
        goto error;
    }
    if (any || manager->dispatch != NULL) {
        manager->object = Py_NewRef(object);
    }
    return 0;
error:
    manager->object = Py_NewRef(object);
    _PySecmanCheck_Forget(manager);
    return -1;
}

/* The methods keep the object, and it keeps its class. */
void
_PySecmanCheck_Forget(_PySecman *manager)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyObject *object = manager->object;
    if (object == NULL) {
        return;
    }
    if (tstate == NULL || tstate->interp->id != manager->interp) {
        return;                 /* another interpreter's: they stay */
    }
    manager->object = NULL;
    Py_CLEAR(manager->dispatch);
    for (int i = 0; i < _PySecman_MAX_FAMILIES; i++) {
        Py_CLEAR(manager->checks[i]);
    }
    Py_DECREF(object);
}

/* --- Words --------------------------------------------------------------- */

static void
add_text(_PyPolicyMessage *text, PyObject *value)
{
    _PyPolicyMessage raw = {0};
    if (PyUnicode_Check(value)) {
        _PyPolicyMessage_AddString(&raw, value);
    }
    else {
        _PyPolicyMessage_AddBytes(&raw, PyBytes_AS_STRING(value),
                                  (size_t)PyBytes_GET_SIZE(value));
    }
    _PyPolicyMessage_Add(text, "'");
    _PyPolicyMessage_AddShown(text, raw.data ? raw.data : "");
    _PyPolicyMessage_Add(text, "'");
    text->failed |= raw.failed;
    _PyPolicyMessage_Clear(&raw);
}

static void
add_value(_PyPolicyMessage *text, PyObject *value)
{
    int overflow = 1;
    if (PyUnicode_Check(value) || PyBytes_Check(value)) {
        add_text(text, value);
        return;
    }
    if (value == Py_None || value == Py_True || value == Py_False) {
        _PyPolicyMessage_Add(text, value == Py_None ? "None"
                             : value == Py_True ? "True" : "False");
        return;
    }
    if (PyLong_CheckExact(value)) {
        long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
        if (!overflow) {
            _PyPolicyMessage_AddInt(text, number);
            return;
        }
    }
    if (PyTuple_CheckExact(value) && PyTuple_GET_SIZE(value) <= 8) {
        _PyPolicyMessage_Add(text, "(");
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); i++) {
            PyObject *item = PyTuple_GET_ITEM(value, i);
            _PyPolicyMessage_Add(text, i > 0 ? ", " : "");
            if (PyTuple_Check(item)) {
                _PyPolicyMessage_Add(text, "(...)");
            }
            else {
                add_value(text, item);
            }
        }
        _PyPolicyMessage_Add(text, ")");
        return;
    }
    _PyPolicyMessage_Add(text, "<");
    _PyPolicyMessage_AddShown(text, _PyType_Name(Py_TYPE(value)));
    _PyPolicyMessage_Add(text, ">");
}

static void
add_thing(_PyPolicyMessage *text, const _PySecmanThing *thing)
{
    _PyPolicyAccess access = {.capability = thing->kind,
                              .target = thing->target};
    _PyPolicyDenial denial = {.kind = _PyPolicy_ACCESS, .access = &access};
    _PyPolicyMessage target = {0};
    if (_PyPolicyMessage_AddTarget(&target, &denial)) {
        _PyPolicyMessage_Add(text, "'");
        _PyPolicyMessage_AddShown(text, target.data ? target.data : "");
        _PyPolicyMessage_Add(text, "'");
    }
    text->failed |= target.failed;
    _PyPolicyMessage_Clear(&target);
}

/* open('/etc/passwd', 'r', 0) */
static void
add_event(_PyPolicyMessage *text, const _PySecmanRefusal *refusal)
{
    _PyPolicyMessage_AddShown(text, refusal->event);
    _PyPolicyMessage_Add(text, "(");
    if (refusal->thing != NULL) {
        add_thing(text, refusal->thing);
    }
    PyObject *args = refusal->thing ? NULL : refusal->args;
    for (Py_ssize_t i = 0; args && i < PyTuple_GET_SIZE(args); i++) {
        _PyPolicyMessage_Add(text, i > 0 ? ", " : "");
        add_value(text, PyTuple_GET_ITEM(args, i));
    }
    _PyPolicyMessage_Add(text, ")");
}

static void
add_permission(_PyPolicyMessage *text, const _PySecmanPermission *permission)
{
    bool family = permission->event == NULL;
    _PyPolicyMessage_Add(text, family ? "the permission for the family '"
                                      : "the permission for '");
    _PyPolicyMessage_AddShown(
        text, family ? _PySecman_FamilyAt(permission->family)->name
                     : permission->event);
    _PyPolicyMessage_Add(text, "' ");
    _PyPolicyMessage_Add(text, permission->allow ? "does not name this"
                         : permission->n > 0 ? "refuses this"
                         : "says no");
}

static void
add_reason(_PyPolicyMessage *text, const _PySecmanRefusal *refusal)
{
    if (refusal->reason != NULL) {
        _PyPolicyMessage_Add(text, refusal->reason);
        if (refusal->raised[0] != '\0') {
            _PyPolicyMessage_Add(text, " (");
            _PyPolicyMessage_AddShown(text, refusal->raised);
            _PyPolicyMessage_Add(text, ")");
        }
    }
    else if (refusal->why != NULL) {
        add_permission(text, refusal->why);
    }
    else {
        _PyPolicyMessage_Add(text, "no permission covers it");
    }
}

/* --- Log ----------------------------------------------------------------- */

void
_PySecmanRefusal_Log(const _PySecmanRefusal *asked, bool allowed)
{
    int saved = errno;
    _PyPolicyMessage line = {0};
    int family = _PySecman_FamilyOf(asked->event);
    _PyPolicyMessage_Add(&line, "secman: ");
    _PyPolicyMessage_Add(&line, _PySecman_FamilyAt(family)->name);
    _PyPolicyMessage_Add(&line, ": ");
    add_event(&line, asked);
    _PyPolicyMessage_Add(&line, allowed ? ": allowed" : ": refused: ");
    if (!allowed) {
        add_reason(&line, asked);
    }
    _PyPolicyMessage_Add(&line, "\n");
    /* As policy_log.c: what was opened as number 2 is no standard error. */
    int flags = fcntl(STDERR_FILENO, F_GETFD);
    if (!line.failed && flags >= 0 && !(flags & FD_CLOEXEC)) {
        Py_BEGIN_ALLOW_THREADS
        ssize_t ignored = write(STDERR_FILENO, line.data, line.n);
        (void)ignored;
        Py_END_ALLOW_THREADS
    }
    _PyPolicyMessage_Clear(&line);
    errno = saved;
}

/* --- Exception ----------------------------------------------------------- */

static PyObject *
as_str(const _PyPolicyMessage *text)
{
    return PyUnicode_DecodeUTF8(text->data ? text->data : "",
                                (Py_ssize_t)text->n, "surrogateescape");
}

static void
add_message(_PyPolicyMessage *text, const _PySecmanRefusal *refusal)
{
    _PyPolicyMessage_Add(text, "secman: ");
    add_event(text, refusal);
    _PyPolicyMessage_Add(text, refusal->everyone
                         ? " is refused by the manager of all threads: "
                         : " is refused by the manager of this thread: ");
    add_reason(text, refusal);
}

static PyObject *
message(const _PySecmanRefusal *refusal)
{
    _PyPolicyMessage text = {0};
    add_message(&text, refusal);
    PyObject *result = text.failed ? PyErr_NoMemory() : as_str(&text);
    _PyPolicyMessage_Clear(&text);
    return result;
}

/* Steals the value, which may be NULL. */
static int
set_attribute(PyObject *exception, const char *name, PyObject *value)
{
    int result = value ? PyObject_SetAttrString(exception, name, value) : -1;
    Py_XDECREF(value);
    return result;
}

/* What the event is about: its first argument if that is a text. */
static PyObject *
first_text(const _PySecmanRefusal *refusal)
{
    PyObject *args = refusal->args;
    PyObject *first = args != NULL && PyTuple_GET_SIZE(args) > 0
                      ? PyTuple_GET_ITEM(args, 0) : NULL;
    if (refusal->thing != NULL) {
        const char *text = refusal->thing->target.text;
        return text ? PyUnicode_DecodeFSDefault(text) : Py_NewRef(Py_None);
    }
    if (first != NULL && PyUnicode_Check(first)) {
        return PyUnicode_FromObject(first);     /* an exact str */
    }
    if (first != NULL && PyBytes_CheckExact(first)) {
        return PyUnicode_DecodeFSDefaultAndSize(PyBytes_AS_STRING(first),
                                                PyBytes_GET_SIZE(first));
    }
    Py_RETURN_NONE;
}

static PyObject *
new_exception(PyThreadState *tstate, const _PySecmanRefusal *refusal,
              PyObject **type)
{
    PyObject *text = message(refusal), *exception = NULL;
    bool imports = strcmp(refusal->event, "import") == 0;
    *type = imports ? _PyPolicyDenial_ImportDenied(tstate)
                    : _PyPolicyDenial_AccessDenied(tstate);
    if (text == NULL || *type == NULL) {
        Py_XDECREF(text);
        return NULL;
    }
    exception = imports ? PyObject_CallOneArg(*type, text)
                        : PyObject_CallFunction(*type, "iO", EACCES, text);
    Py_DECREF(text);
    if (exception == NULL
        || set_attribute(exception, "code",
                         PyUnicode_FromString("secman")) < 0
        || set_attribute(exception, imports ? "module" : "target",
                         first_text(refusal)) < 0
        || (imports && set_attribute(exception, "name",
                                     first_text(refusal)) < 0)
        || set_attribute(exception, "event",
                         PyUnicode_DecodeUTF8(refusal->event,
                                              strlen(refusal->event),
                                              "surrogateescape")) < 0)
    {
        Py_CLEAR(exception);
    }
    return exception;
}

/* Where policies that are in force log what they refuse. */
static void
log_refusal(PyThreadState *tstate, const _PySecmanRefusal *refusal)
{
    _PyPolicyMessage reason = {0};
    PyObject *first = first_text(refusal);
    const char *target = first != NULL && first != Py_None
                         ? PyUnicode_AsUTF8(first) : NULL;
    PyErr_Clear();
    add_message(&reason, refusal);
    _PyPolicyLog_Manager(tstate, refusal->event, target,
                         reason.data ? reason.data : "");
    _PyPolicyMessage_Clear(&reason);
    Py_XDECREF(first);
}

int
_PySecmanRefusal_Raise(PyThreadState *tstate, const _PySecmanRefusal *refusal)
{
    if (_PyPolicy_Active) {
        log_refusal(tstate, refusal);
    }
    PyObject *type = NULL;
    PyObject *exception = new_exception(tstate, refusal, &type);
    if (exception != NULL) {
        _PyErr_SetObject(tstate, type, exception);
        Py_DECREF(exception);
    }
    if (!_PyErr_Occurred(tstate)) {
        _PyErr_NoMemory(tstate);
    }
    return -1;
}
