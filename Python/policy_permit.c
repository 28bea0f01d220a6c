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

   Arguments become a note (pycore_policy_narrow.h); policy_permit_read.c
   reads them.

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
#include "pycore_policy_permit_read.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_policy_stack_chain.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <string.h>

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

/* KIND/LINE "$permissions":{"PRINCIPAL":{...}, ...}, ...\nFILE, or -1 with an
   exception. */
static int
write_note(PyThreadState *tstate, _PyPolicyPermitReader *r,
           const char *const *principals, size_t n, PyObject *kwargs)
{
    _PyPolicyStep step;
    size_t found = _PyPolicyStack_Chain(tstate, &step, 1);
    _PyPolicyMessage *note = r->out;
    _PyPolicyMessage_Add(note, r->drop ? _PyPolicyNarrow_DROP
                                       : _PyPolicyNarrow_PERMIT);
    add_line(note, &step, found);
    _PyPolicyMessage_Add(note, "\"$permissions\":{");
    for (size_t i = 0; i < n; i++) {
        _PyPolicyMessage_Add(note, i > 0 ? "," : "");
        _PyPolicyMessage_AddQuoted(note, principals[i]);
        _PyPolicyMessage_Add(note, ":{");
        if (_PyPolicyPermitRead_Capabilities(r, kwargs) < 0) {
            return -1;
        }
        _PyPolicyMessage_Add(note, "}");
    }
    _PyPolicyMessage_Add(note, "}");
    if (_PyPolicyPermitRead_Imports(r, kwargs) < 0) {
        return -1;
    }
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
        if (_PyPolicyPermitRead_Text(name, "a capability") == NULL) {
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
                        "drop(net=[\"example.com\"]), or modules, as in "
                        "drop(imports=[\"ctypes\"])");
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
        wanted = _PyPolicyPermitRead_Text(principal, "principal");
        if (wanted == NULL) {
            return -1;
        }
    }
    if (add_names(names, all) < 0) {
        return -1;
    }
    int n = find_principals(tstate, wanted, from);
    _PyPolicyPermitReader r = {.out = &note, .function = "drop", .drop = true};
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
                        "capability, as in permit(net=False), or modules, as "
                        "in permit(imports=[\"json\"])");
        return NULL;
    }
    _PyPolicyPermitReader r = {.out = &note, .function = "permit"};
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
        _PyPolicyAccess_PermitMade();
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
    /* permit/LINE "$permissions":{"permit":{...}}\t, ...\nFILE */
    const char *text = strchr(_PyPrincipal_Name(members[0]), ':') + 1;
    text = strchr(text, ':') + 1;
    size_t n = strcspn(text, "\t\n") - 1, rest = n + 1;
    rest += text[rest] == '\t';
    PyObject *shown = PyUnicode_FromFormat(
        "%.*s%.*s", (int)n, text, (int)strcspn(text + rest, "\n"),
        text + rest);
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
"permit(*, imports=True, **capabilities)\n--\n\n"
"Narrow what may be done while a with statement's block is executed.\n\n"
"Each capability is given as True (nothing changes), False (nothing is\n"
"permitted), or a list of targets; imports, as a list of modules.  What is\n"
"not named stays as it is.");

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
