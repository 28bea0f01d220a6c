/* What is the innermost code, and whose is it?

   Some things are judged by the code that does them and not by all who act:
   what the import system does for itself, a statement in the standard
   library, the name under which something is stored.  And what is made
   belongs to whoever makes it, one principal, however many stand behind him.

   So frames are looked at from the top, but only down to the first that
   tells: none that is asked about here is far.  A mark hides what is below.

   Called by: those who know what is exempt (policy_exempt.c, policy_patch.c,
   policy_builtin.c, policy_gate.c), and those who write down whose something
   is (principal_code.c, policy_built.c, policy_deferred.c). */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_intrinsics.h"    // INTRINSIC_IMPORT_STAR
#include "pycore_opcode_metadata.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_setup.h"  // _PyPolicySetup_Started()
#include "pycore_policy_stack.h"
#include "pycore_policy_stack_base.h"
#include "pycore_policy_stack_found.h"
#include "pycore_policy_stack_innermost.h"
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

/* Functions of the import system below which code is brought by a loader. */
static bool
is_loading(PyCodeObject *code)
{
    return (code->_co_principal & _PyPrincipal_IMPORT)
           && (_PyUnicode_EqualToASCIIString(code->co_name, "get_code")
               || _PyUnicode_EqualToASCIIString(code->co_name, "exec_module")
               || _PyUnicode_EqualToASCIIString(code->co_name,
                                                "load_module")
               || _PyUnicode_EqualToASCIIString(code->co_name,
                                                "_load_unlocked"));
}

uint32_t
_PyPolicyStack_Maker(PyThreadState *tstate)
{
    /* Whoever imports did not make what some loader brings him, and what
       brought it may have no frame to show (methods that are C callables, or
       have returned): then nobody made it. */
    const _PyInterpreterFrame *f = tstate->current_frame;
    for (; f != NULL && _PyPolicyMark_Of(f) == NULL; f = f->previous) {
        if (f->owner == FRAME_OWNED_BY_CSTACK) {
            continue;
        }
        PyCodeObject *code = (PyCodeObject *)f->f_executable;
        if ((code->_co_principal & _PyPrincipal_SET) != _PyPrincipal_STDLIB
            || code->_co_principal == _PyPrincipal_BODY)
        {
            break;
        }
        if (is_loading(code)) {
            return _PyPrincipal_UNKNOWN;
        }
    }
    return _PyPolicyStack_Innermost(tstate);
}

uint32_t
_PyPolicyStack_Innermost(PyThreadState *tstate)
{
    _PyInterpreterFrame *f = tstate->current_frame;
    const _PyInterpreterFrame *outermost = NULL;
    bool within = false;        /* a function of the standard library */
    for (; f != NULL; outermost = f, f = f->previous) {
        uint32_t set;
        if (f->owner == FRAME_OWNED_BY_CSTACK) {
            const _PyPolicyMark *mark = _PyPolicyMark_Of(f);
            if (mark == NULL) {
                continue;
            }
            set = _PyPolicyNarrow_Strip(mark->set);
            if (set == _PyPrincipal_STDLIB && mark->stop) {
                return _PyPrincipal_APPLICATION;
            }
        }
        else {
            uint32_t id = ((PyCodeObject *)f->f_executable)->_co_principal;
            if (id == _PyPrincipal_BODY && within) {
                /* What its own generators make for a module of the standard
                   library that is being loaded.  A body itself makes no
                   code: what calls compile() there is a callable that
                   somebody has put in the place of another. */
                return _PyPrincipal_STDLIB;
            }
            within |= (id & ~_PyPrincipal_LOOKS) == _PyPrincipal_STDLIB;
            set = id & _PyPrincipal_SET;
            if (set == _PyPrincipal_STDLIB) {
                const _PyPolicyMark *mark = _PyPolicyStack_FoundBy(tstate, f);
                set = mark != NULL ? mark->set : _PyPolicyNarrow_Strip(
                    _PyPolicyStack_BuilderOf(f));
            }
        }
        if (set != _PyPrincipal_STDLIB) {
            return set;
        }
    }
    uint32_t base = _PyPolicyNarrow_Strip(
        _PyPolicyStack_BaseOf(tstate, outermost));
    if (base == _PyPrincipal_STDLIB && _PyPolicySetup_Started()) {
        return _PyPrincipal_APPLICATION;
    }
    return base;
}

/* Only the standard library's own code has id 0, and only its statements
   execute these instructions in it: a call of __import__ from there stands at
   a CALL. */
bool
_PyPolicyStack_StdlibStatement(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    for (; f != NULL; f = f->previous) {
        if (f->owner == FRAME_OWNED_BY_CSTACK) {
            if (_PyPolicyMark_Of(f) != NULL) {
                return _PyPolicyMark_Of(f)->own;
            }
            continue;
        }
        PyCodeObject *code = (PyCodeObject *)f->f_executable;
        if (code->_co_principal & _PyPrincipal_IMPORT) {
            continue;
        }
        if ((code->_co_principal & _PyPrincipal_SET) != _PyPrincipal_STDLIB) {
            return false;
        }
        int at = (int)(f->instr_ptr - _PyCode_CODE(code));
        int opcode = _Py_GetBaseOpcode(code, at);
        return opcode == IMPORT_NAME || opcode == IMPORT_FROM
               || (opcode == CALL_INTRINSIC_1
                   && f->instr_ptr->op.arg == INTRINSIC_IMPORT_STAR);
    }
    return false;
}

/* The innermost frame that is no shim of the interpreter's, from f on. */
static const _PyInterpreterFrame *
without_shims(const _PyInterpreterFrame *f)
{
    while (f != NULL && f->owner == FRAME_OWNED_BY_CSTACK
           && _PyPolicyMark_Of(f) == NULL)
    {
        f = f->previous;
    }
    return f;
}

/* The innermost frame that has code, from f on; NULL when a mark is nearer. */
static const _PyInterpreterFrame *
with_code(const _PyInterpreterFrame *f)
{
    f = without_shims(f);
    return f != NULL && f->owner != FRAME_OWNED_BY_CSTACK ? f : NULL;
}

bool
_PyPolicyStack_IsOwn(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = without_shims(tstate->current_frame);
    return f != NULL && f->owner == FRAME_OWNED_BY_CSTACK
           && _PyPolicyMark_Of(f)->own;
}

static PyCodeObject *
innermost_code(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = with_code(tstate->current_frame);
    return f != NULL ? (PyCodeObject *)f->f_executable : NULL;
}

PyCodeObject *
_PyPolicyStack_At(PyThreadState *tstate, int *at)
{
    const _PyInterpreterFrame *f = with_code(tstate->current_frame);
    if (f == NULL) {
        return NULL;
    }
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    *at = (int)(f->instr_ptr - _PyCode_CODE(code));
    return code;
}

/* Is what lies on top of the stack before an instruction what a global name,
   or an attribute of it, stands for? */
static bool
is_global(PyCodeObject *code, int at)
{
    bool global = false;
    for (int i = 0; i < at;) {
        int opcode = _Py_GetBaseOpcode(code, i);
        if (opcode != EXTENDED_ARG && (opcode != LOAD_ATTR || !global)) {
            global = opcode == LOAD_GLOBAL || opcode == LOAD_NAME;
        }
        i += 1 + _PyOpcode_Caches[opcode];
    }
    return global;
}

uint32_t
_PyPolicyStack_Storing(PyThreadState *tstate)
{
    int at;
    PyCodeObject *code = _PyPolicyStack_At(tstate, &at);
    if (code == NULL) {
        return _PyPrincipal_UNKNOWN;
    }
    int opcode = _Py_GetBaseOpcode(code, at);
    return opcode == STORE_ATTR || opcode == DELETE_ATTR
           ? code->_co_principal & _PyPrincipal_SET : _PyPrincipal_UNKNOWN;
}

bool
_PyPolicyStack_StoresInGlobal(PyThreadState *tstate)
{
    int at;
    PyCodeObject *code = _PyPolicyStack_At(tstate, &at);
    return code != NULL && is_global(code, at);
}

PyObject *
_PyPolicyStack_Globals(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = with_code(tstate->current_frame);
    return f != NULL ? f->f_globals : NULL;
}

bool
_PyPolicyStack_ImportSystem(PyThreadState *tstate, const char *function)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    PyCodeObject *code = f != NULL && f->owner != FRAME_OWNED_BY_CSTACK
        ? (PyCodeObject *)f->f_executable : innermost_code(tstate);
    return code != NULL && (code->_co_principal & _PyPrincipal_IMPORT)
           && (function == NULL
               || _PyUnicode_EqualToASCIIString(code->co_name, function));
}

bool
_PyPolicyStack_ImportSystemCalls(PyThreadState *tstate, const char *function)
{
    if (!_PyPolicyStack_ImportSystem(tstate, function)) {
        return false;
    }
    const _PyInterpreterFrame *f = with_code(tstate->current_frame);
    f = with_code(f->previous);
    return f != NULL && (((PyCodeObject *)f->f_executable)->_co_principal
                         & _PyPrincipal_IMPORT);
}

bool
_PyPolicyStack_IsOfFile(PyCodeObject *code, const char *end)
{
    PyObject *file = code->co_filename;
    Py_ssize_t n = PyUnicode_GET_LENGTH(file), k = (Py_ssize_t)strlen(end);
    bool is = n > k;
    if (is && PyUnicode_KIND(file) == PyUnicode_1BYTE_KIND) {
        return memcmp(PyUnicode_1BYTE_DATA(file) + n - k, end, (size_t)k) == 0;
    }
    while (is && k > 0) {
        is = PyUnicode_READ_CHAR(file, --n) == (unsigned char)end[--k];
    }
    return is;
}

bool
_PyPolicyStack_StdlibFile(PyThreadState *tstate, const char *const *files)
{
    PyCodeObject *code = innermost_code(tstate);
    if (code == NULL
        || (code->_co_principal & _PyPrincipal_SET) != _PyPrincipal_STDLIB)
    {
        return false;
    }
    while (*files != NULL && !_PyPolicyStack_IsOfFile(code, *files)) {
        files++;
    }
    return *files != NULL;
}

bool
_PyPolicyStack_StdlibFunction(PyThreadState *tstate, const char *const *names)
{
    PyCodeObject *code = innermost_code(tstate);
    while (code != NULL && *names != NULL
           && !_PyUnicode_EqualToASCIIString(code->co_name, *names))
    {
        names++;
    }
    return code != NULL && *names != NULL
           && (code->_co_principal & _PyPrincipal_SET) == _PyPrincipal_STDLIB;
}
