/* By what name does a function call what it is calling just now?

   The standard library writes in hundreds of places to whatever stands in
   sys.stdout, or is its file, by calling write() of it.  Where that is a
   function of C (exec, os.system), no frame shows whose it is.

   It need not be known before somebody has to be judged.  Then the bytecode
   says by what name that was loaded which is called: a method is loaded just
   before its arguments, and the call is the first that finds as much on the
   stack as it takes.  Where the arguments branch that may not be found, and
   then nothing is said.

   Called by: policy_stack_found.c. */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_opcode_metadata.h"
#include "pycore_policy_stack_found.h"
#include "pycore_runtime.h"       // _Py_ID()

static bool
has_name(PyObject *names, PyObject *name)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        if (PyTuple_GET_ITEM(names, i) == name) {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyStack_Writes(PyCodeObject *code)
{
    PyObject *name = &_Py_ID(write);
    return has_name(code->co_names, name)
           || has_name(code->co_localsplusnames, name);
}

/* One instruction, with what stands before and behind it. */
typedef struct {
    int opcode;
    int oparg;
    int next;                   /* where the next one is */
} Instruction;

static Instruction
read_at(PyCodeObject *code, int at)
{
    Instruction it = {.opcode = EXTENDED_ARG};
    while (it.opcode == EXTENDED_ARG && at < (int)Py_SIZE(code)) {
        it.opcode = _Py_GetBaseOpcode(code, at);
        it.oparg = it.oparg << 8 | _PyCode_CODE(code)[at].op.arg;
        at += 1 + _PyOpcode_Caches[it.opcode];
    }
    it.next = at;
    return it;
}

static bool
is_named(PyObject *names, int at, PyObject *name)
{
    return at < PyTuple_GET_SIZE(names) && PyTuple_GET_ITEM(names, at) == name;
}

/* Does it load what is of that name, to be called?  *next: where its
   arguments begin. */
static bool
loads(PyCodeObject *code, Instruction it, PyObject *name, int *next)
{
    *next = it.next;
    switch (it.opcode) {
    case LOAD_ATTR:
        return (it.oparg & 1) && is_named(code->co_names, it.oparg >> 1, name);
    case LOAD_FAST:
    case LOAD_FAST_CHECK:
    case LOAD_DEREF:
        break;
    case LOAD_FAST_LOAD_FAST:
        it.oparg &= 15;
        break;
    default:
        return false;
    }
    Instruction null = read_at(code, it.next);
    *next = null.next;
    return null.opcode == PUSH_NULL
           && is_named(code->co_localsplusnames, it.oparg, name);
}

/* Which call takes what is loaded there? */
static int
call_from(PyCodeObject *code, int at, int end)
{
    int depth = 2;              /* what is called, and its self or nothing */
    while (at <= end && depth >= 2) {
        Instruction it = read_at(code, at);
        if (it.opcode == CALL && depth == it.oparg + 2) {
            return at;
        }
        int effect = PyCompile_OpcodeStackEffectWithJump(it.opcode, it.oparg,
                                                         0);
        if (effect == PY_INVALID_STACK_EFFECT) {
            return -1;
        }
        depth += effect;
        at = it.next;
    }
    return -1;
}

bool
_PyPolicyStack_CallsBy(const _PyInterpreterFrame *f, PyObject *name)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    int end = (int)(f->instr_ptr - _PyCode_CODE(code));
    if (end < 0 || _Py_GetBaseOpcode(code, end) != CALL) {
        return false;
    }
    for (int at = 0; at < end; ) {
        Instruction it = read_at(code, at);
        int next;
        if (loads(code, it, name, &next)
            && call_from(code, next, end) == end)
        {
            return true;
        }
        at = it.next;
    }
    return false;
}
