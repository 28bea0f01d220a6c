/* What may be taken away, by whom, and for how long?

   drop() takes away for the rest of the process: from the caller's own
   principal, or, called by the application, from anybody.  permit() narrows
   for a block, whoever runs in it.  Neither can add anything: what they make
   is one more policy, and each policy must allow.

   Only a with statement can enter a permit and leave it, and only the same
   one.  Otherwise whoever runs in the block, and gets hold of the object,
   could open it again.  What is needed for that is how the statement works:
   it looks for __exit__ first, in the frame and at the instruction that
   execute it, then calls __enter__, and keeps what it has found on the
   frame's stack, where nobody else can take it from.  So each look-up makes
   an object of its own, and the one that is made at such an instruction is the
   block: it is entered in the table of policy_scope.c when it is made, and
   taken out when it is called by that frame, or goes away with it.

   Arguments are read as exact types, and checked as if they stood in a
   policy; then they become a note (pycore_policy_narrow.h).

   Called by Modules/_importpolicy.c. */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_opcode_metadata.h"
#include "pycore_policy_access.h"
#include "pycore_policy_denial.h"
#include "pycore_policy_message.h"
#include "pycore_policy_name.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_policy_text.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <string.h>

/* --- Arguments ----------------------------------------------------------- */

typedef struct {
    _PyPolicyMessage *out;
    const char *function;       /* "drop" or "permit" */
    bool drop;
    bool any;                   /* something has been written */
} Reader;

/* UTF-8 without NULs, valid as long as the object; NULL with an exception. */
static const char *
text_of(PyObject *str, const char *what)
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
    const char *names[_PyPolicy_N_CAPABILITIES + 1] = {NULL};
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
                     "and introspect", function, name);
    }
    return -1;
}

static int
read_target(Reader *r, const char *name, _PyPolicyCapability capability,
            PyObject *item, bool first)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    const char *text = text_of(item, "a target");
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

/* One keyword: NAME=True, False or targets. */
static int
read_capability(Reader *r, PyObject *key, PyObject *value)
{
    const char *name = text_of(key, "a capability");
    if (name == NULL) {
        return -1;
    }
    _PyPolicyCapability capability = _PyPolicyCapability_Named(name,
                                                               strlen(name));
    if (capability == _PyPolicy_NO_CAPABILITY) {
        return fail_name(r->function, key);
    }
    if (value != Py_True && value != Py_False && !is_list(value)) {
        PyErr_Format(PyExc_TypeError, "%s(%s=...) takes %s or a list of "
                     "targets, not %T", r->function, name,
                     r->drop ? "True" : "True, False", value);
        return -1;
    }
    if (r->drop && value == Py_False) {
        return fail_value(r->function, name, "False takes nothing away; "
                          "write True for all, or a list of targets");
    }
    if (!r->drop && value == Py_True) {
        return 0;               /* stays as it is */
    }
    if (capability == _PyPolicy_PATCH
        && !_PyPolicyGate_Restricts(capability))
    {
        /* What watches it was not put in place at start. */
        PyErr_Format(PyExc_RuntimeError, "%s(patch=...) needs a policy that "
                     "speaks of patch", r->function);
        return -1;
    }
    _PyPolicyMessage_Add(r->out, r->any ? "," : "");
    _PyPolicyMessage_AddQuoted(r->out, name);
    _PyPolicyMessage_Add(r->out, ":");
    r->any = true;
    if (is_list(value)) {
        return read_targets(r, name, capability, value);
    }
    _PyPolicyMessage_Add(r->out, "false");
    return 0;
}

/* --- The note ------------------------------------------------------------ */

/* The line and the file of the innermost code that is not the standard
   library's. */
static void
add_line(_PyPolicyMessage *note, const _PyPolicyStep *step, size_t n)
{
    _PyPolicyMessage_AddInt(note, n > 0 && step->line > 0 ? step->line : 1);
    _PyPolicyMessage_Add(note, " ");
}

static void
add_file(_PyPolicyMessage *note, const _PyPolicyStep *step, size_t n)
{
    _PyPolicyMessage_Add(note, "\n");
    size_t before = note->n;
    if (n > 0 && step->code != NULL) {
        _PyPolicyMessage_AddString(note, step->code->co_filename);
    }
    if (note->n == before) {
        _PyPolicyMessage_Add(note, "?");
    }
}

/* KIND/LINE {"PRINCIPAL":{...}, ...}\nFILE, or -1 with an exception. */
static int
write_note(PyThreadState *tstate, Reader *r, const char *const *principals,
           size_t n, PyObject *kwargs)
{
    _PyPolicyStep step;
    size_t found = _PyPolicyStack_Chain(tstate, &step, 1);
    _PyPolicyMessage *note = r->out;
    _PyPolicyMessage_Add(note, r->drop ? _PyPolicyNarrow_DROP
                                       : _PyPolicyNarrow_PERMIT);
    add_line(note, &step, found);
    for (size_t i = 0; i < n; i++) {
        PyObject *key, *value;
        Py_ssize_t at = 0;
        _PyPolicyMessage_Add(note, i > 0 ? "," : "{");
        _PyPolicyMessage_AddQuoted(note, principals[i]);
        _PyPolicyMessage_Add(note, ":{");
        r->any = false;
        while (kwargs != NULL && PyDict_Next(kwargs, &at, &key, &value)) {
            if (read_capability(r, key, value) < 0) {
                return -1;
            }
        }
        _PyPolicyMessage_Add(note, "}");
    }
    _PyPolicyMessage_Add(note, "}");
    add_file(note, &step, found);
    if (note->failed) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

static void
set_exception(_PyPolicyError *error)
{
    if (error->message != NULL) {
        PyErr_SetString(PyExc_ValueError, error->message);
    }
    else {
        PyErr_NoMemory();
    }
    _PyPolicyError_Clear(error);
}

static int
check_active(const char *function)
{
    if (!_PyPolicy_Active) {
        PyErr_Format(PyExc_RuntimeError, "no import policy is in force, so "
                     "%s() would enforce nothing; write a policy.json beside "
                     "the script, for which {} is enough", function);
        return -1;
    }
    return 0;
}

/* --- drop() -------------------------------------------------------------- */

#define MAX_DROPPERS 64

static int
refuse_drop(PyThreadState *tstate, const char *sentence)
{
    PyObject *type = _PyPolicyDenial_SecurityError(tstate);
    if (type != NULL) {
        PyErr_SetString(type, sentence);
    }
    return -1;
}

/* From whom?  Whoever calls may take from itself, and the application from
   anybody.  Returns how many, or -1 with an exception. */
static int
find_principals(PyThreadState *tstate, const char *wanted,
                const char *names[MAX_DROPPERS])
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    uint32_t caller =
        _PyPolicyNarrow_Strip(_PyPolicyStack_Innermost(tstate));
    if (caller <= _PyPrincipal_APPLICATION) {
        names[0] = wanted ? wanted : "__main__";
        if (strcmp(names[0], "__main__") != 0 && strcmp(names[0], "*") != 0
            && _PyPolicyName_Check(_PyPolicyName_PRINCIPAL, names[0],
                                   strlen(names[0]), code, what) < 0)
        {
            PyErr_Format(PyExc_ValueError, "drop(principal=...): %s", what);
            return -1;
        }
        return 1;
    }
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(caller, &members), kept = 0;
    bool found = wanted == NULL;
    for (size_t i = 0; i < n; i++) {
        if (members[i] == 0 || kept == MAX_DROPPERS) {
            return refuse_drop(tstate, "nobody can say who calls drop(), so "
                               "it drops nothing");
        }
        const char *name = _PyPrincipal_Name(members[i]);
        found |= wanted != NULL && strcmp(wanted, name) == 0;
        names[kept++] = name;
    }
    if (!found) {
        return refuse_drop(tstate, "a dependency may drop what is its own, "
                           "and nobody else's; only the application may name "
                           "another principal");
    }
    if (wanted != NULL) {
        names[0] = wanted;
        kept = 1;
    }
    return (int)kept;
}

/* drop("net") is drop(net=True). */
static int
add_names(PyObject *names, PyObject *all)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        if (text_of(name, "a capability") == NULL) {
            return -1;
        }
        int there = PyDict_Contains(all, name);
        if (there > 0) {
            PyErr_Format(PyExc_TypeError, "drop() names %R twice", name);
        }
        if (there != 0 || PyDict_SetItem(all, name, Py_True) < 0) {
            return -1;
        }
    }
    if (PyDict_GET_SIZE(all) == 0) {
        PyErr_SetString(PyExc_TypeError, "drop() needs at least one "
                        "capability, as in drop(\"net\") or "
                        "drop(net=[\"example.com\"])");
        return -1;
    }
    return 0;
}

static int
drop(PyThreadState *tstate, PyObject *names, PyObject *all,
     PyObject *principal)
{
    const char *from[MAX_DROPPERS], *wanted = NULL;
    _PyPolicyMessage note = {0};
    _PyPolicyError error = {0};
    int result = -1;
    if (principal != Py_None) {
        wanted = text_of(principal, "principal");
        if (wanted == NULL) {
            return -1;
        }
    }
    if (add_names(names, all) < 0) {
        return -1;
    }
    int n = find_principals(tstate, wanted, from);
    Reader r = {.out = &note, .function = "drop", .drop = true};
    if (n < 0 || write_note(tstate, &r, from, (size_t)n, all) < 0) {
        goto done;
    }
    result = _PyPolicySetup_Drop(note.data, &error);
    if (result < 0) {
        set_exception(&error);
    }
    else {
        _PyPolicyAccess_Changed();
    }
done:
    _PyPolicyMessage_Clear(&note);
    return result;
}

PyObject *
_PyPolicyPermit_Drop(PyObject *Py_UNUSED(module), PyObject *args,
                     PyObject *kwargs)
{
    PyObject *principal = Py_NewRef(Py_None);
    PyObject *all = kwargs ? PyDict_Copy(kwargs) : PyDict_New();
    int result = -1;
    if (all == NULL || check_active("drop") < 0) {
        goto done;
    }
    PyObject *given;
    if (PyDict_PopString(all, "principal", &given) < 0) {
        goto done;
    }
    if (given != NULL) {
        Py_SETREF(principal, given);
    }
    result = drop(_PyThreadState_GET(), args, all, principal);
done:
    Py_DECREF(principal);
    Py_XDECREF(all);
    if (result < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* --- permit() ------------------------------------------------------------ */

typedef struct {
    PyObject_HEAD
    uint32_t set;               /* STDLIB when nothing is narrowed */
} Permit;

typedef struct {
    PyObject_HEAD
    bool entered;
    const _PyInterpreterFrame *frame;   /* that may leave it */
    _PyPolicyBlock block;
} Exit;

static PyObject *
permit_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const whoever = _PyPolicyNarrow_WHOEVER;
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMessage note = {0};
    _PyPolicyError error = {0};
    Permit *self = NULL;
    if (check_active("permit") < 0) {
        return NULL;
    }
    if (PyTuple_GET_SIZE(args) > 0) {
        PyErr_SetString(PyExc_TypeError, "permit() takes keyword arguments "
                        "only, as in permit(net=[\"example.com:443\"])");
        return NULL;
    }
    if (kwargs == NULL || PyDict_GET_SIZE(kwargs) == 0) {
        PyErr_SetString(PyExc_TypeError, "permit() needs at least one "
                        "capability, as in permit(net=False)");
        return NULL;
    }
    Reader r = {.out = &note, .function = "permit"};
    if (write_note(tstate, &r, &whoever, 1, kwargs) < 0) {
        goto done;
    }
    uint32_t set = _PyPrincipal_STDLIB;
    if (r.any) {
        set = _PyPolicyNarrow_Permit(note.data, &error);
        if (set == _PyPrincipal_STDLIB) {
            set_exception(&error);
            goto done;
        }
        if (_PyPolicyNarrow_Capabilities() & ~_PyPolicy_Restricted) {
            _PyPolicyAccess_Changed();
        }
    }
    self = (Permit *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->set = set;
    }
done:
    _PyPolicyMessage_Clear(&note);
    return (PyObject *)self;
}

static void
plain_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
permit_repr(PyObject *self)
{
    uint32_t set = ((Permit *)self)->set;
    const uint32_t *members;
    if (_PyPrincipal_Members(set, &members) != 1) {
        return PyUnicode_FromString("<importpolicy.permit {}>");
    }
    /* permit/LINE {"permit":{...}}\nFILE */
    const char *text = strchr(_PyPrincipal_Name(members[0]), ':') + 1;
    size_t n = strcspn(text, "\n") - 1;
    PyObject *shown = PyUnicode_DecodeUTF8(text, (Py_ssize_t)n, NULL);
    if (shown == NULL) {
        return NULL;
    }
    PyObject *result = PyUnicode_FromFormat("<importpolicy.permit %U>",
                                            shown);
    Py_DECREF(shown);
    return result;
}

/* The frame that executes a with statement's first instruction just now;
   else NULL. */
static const _PyInterpreterFrame *
entering_frame(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    if (f == NULL || f->owner == FRAME_OWNED_BY_CSTACK) {
        return NULL;
    }
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    int at = (int)(f->instr_ptr - _PyCode_CODE(code));
    return _Py_GetBaseOpcode(code, at) == BEFORE_WITH ? f : NULL;
}

static PyObject *
permit_enter(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    if (entering_frame(_PyThreadState_GET()) == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "a permit is entered by a with "
                        "statement, and by nothing else");
        return NULL;
    }
    return Py_NewRef(self);
}

static PyObject *
permit_get_exit(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *module = PyType_GetModule(Py_TYPE(self));
    _PyPolicyPermitState *state = module ? PyModule_GetState(module) : NULL;
    if (state == NULL || state->exit_type == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the interpreter is finishing");
        return NULL;
    }
    PyTypeObject *type = (PyTypeObject *)state->exit_type;
    Exit *exit = (Exit *)type->tp_alloc(type, 0);
    if (exit == NULL) {
        return NULL;
    }
    exit->frame = entering_frame(_PyThreadState_GET());
    exit->entered = exit->frame != NULL;
    uint32_t set = ((Permit *)self)->set;
    if (exit->entered && set != _PyPrincipal_STDLIB) {
        _PyPolicyScope_Enter(&exit->block, _PyThreadState_GET(), exit->frame,
                             set);
    }
    return (PyObject *)exit;
}

static void
exit_dealloc(PyObject *self)
{
    _PyPolicyScope_Leave(&((Exit *)self)->block);
    plain_dealloc(self);
}

static PyObject *
exit_call(PyObject *self, PyObject *Py_UNUSED(args),
          PyObject *Py_UNUSED(kwargs))
{
    Exit *exit = (Exit *)self;
    if (!exit->entered
        || exit->frame != _PyThreadState_GET()->current_frame)
    {
        PyErr_SetString(PyExc_RuntimeError, "a permit is left by the with "
                        "statement that entered it, and by nothing else");
        return NULL;
    }
    exit->entered = false;
    _PyPolicyScope_Leave(&exit->block);
    Py_RETURN_NONE;
}

/* --- The types ----------------------------------------------------------- */

PyDoc_STRVAR(permit_doc,
"permit(**capabilities)\n--\n\n"
"Narrow what may be done while a with statement's block is executed.\n\n"
"Each capability is given as True (nothing changes), False (nothing is\n"
"permitted), or a list of targets.  What is not named stays as it is.");

static PyMethodDef permit_methods[] = {
    {"__enter__", permit_enter, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL}
};

static PyGetSetDef permit_getset[] = {
    {"__exit__", permit_get_exit, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

static PyType_Slot permit_slots[] = {
    {Py_tp_doc, (void *)permit_doc},
    {Py_tp_new, permit_new},
    {Py_tp_dealloc, plain_dealloc},
    {Py_tp_repr, permit_repr},
    {Py_tp_methods, permit_methods},
    {Py_tp_getset, permit_getset},
    {0, NULL}
};

static PyType_Spec permit_spec = {
    .name = "importpolicy.permit",
    .basicsize = sizeof(Permit),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = permit_slots,
};

static PyType_Slot exit_slots[] = {
    {Py_tp_dealloc, exit_dealloc},
    {Py_tp_call, exit_call},
    {0, NULL}
};

static PyType_Spec exit_spec = {
    .name = "importpolicy._permit_exit",
    .basicsize = sizeof(Exit),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE
             | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = exit_slots,
};

PyObject *
_PyPolicyPermit_NewType(PyObject *module)
{
    _PyPolicyPermitState *state = PyModule_GetState(module);
    state->exit_type = PyType_FromModuleAndSpec(module, &exit_spec, NULL);
    if (state->exit_type == NULL) {
        return NULL;
    }
    return PyType_FromModuleAndSpec(module, &permit_spec, NULL);
}
