/* Who built what is called now without a frame of its builder?

   A stranger need not be on the stack to have something done: he builds an
   object that will do it, and has somebody else call it.  The standard
   library's functions are transparent and C functions have no frame, so
   nothing on the stack shows him.  Therefore what binds such a function to
   arguments, or to a name under which the interpreter looks for it, is built
   with a deferred call (policy_deferred.c) in the function's place, in which
   the builder acts beside whoever calls:

   - what takes a callable to keep it: iterators, properties, class and static
     methods, caches, factories, handlers of parsers and of databases;
   - a method of the standard library that is bound to an object (`path.touch`
     as a value): the object is the argument;
   - a generator or a coroutine of the standard library: it has a place for
     its builder's number, which the walk reads (policy_stack.c);
   - a function of the standard library, or of somebody else, among the
     attributes of a class.  There it has to stay a function, and becomes a
     copy that belongs to the class's maker too; what is no function of Python
     is replaced only under the names that the interpreter itself calls
     (policy_special.c).

   Nothing is done for the application and for what the standard library binds
   for itself, nor for functions that show the builder: his own.  One of
   somebody else's shows that other one only.  But a method of a class is its
   own, also where somebody else takes it from an object: an object is data,
   whoever made it.

   Called by: upstream's classobject.c, typeobject.c, _operator.c and wherever
   a callable is kept. */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_function.h"      // _PyFunction_FromConstructor()
#include "pycore_opcode_metadata.h"
#include "pycore_policy_deferred.h"
#include "pycore_policy_plain.h"
#include "pycore_principal_load.h" // _PyPrincipal_AdoptCode()
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <stddef.h>
#include <string.h>

/* The innermost frame that has code; NULL where a mark, or nothing, is
   nearer. */
static const _PyInterpreterFrame *
innermost(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    while (f != NULL && f->owner == FRAME_OWNED_BY_CSTACK
           && f->f_executable == Py_None)
    {
        f = f->previous;
    }
    return f != NULL && f->owner != FRAME_OWNED_BY_CSTACK ? f : NULL;
}

static uint32_t
set_of(const _PyInterpreterFrame *f)
{
    return ((PyCodeObject *)f->f_executable)->_co_principal
           & _PyPrincipal_SET;
}

/* Was it made within another function, by a decorator mostly?  Then it calls
   what it was made of, which shows itself, and is looked at as the function
   that it decorates. */
static bool
is_closure(PyObject *func)
{
    return PyFunction_Check(func)
           && (((PyCodeObject *)PyFunction_GET_CODE(func))->co_flags
               & CO_NESTED);
}

/* --- Bound methods ------------------------------------------------------ */

/* Is a method bound here that can be kept?  Not by a statement of the
   application or of the standard library itself (what that calls in order to
   bind one, such as getattr(), it calls for somebody), not by a `with`
   statement, which calls it, and not by the import system, which only asks
   whether a loader has it. */
static bool
may_be_kept(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = innermost(tstate);
    if (f == NULL) {
        return true;
    }
    uint32_t set = set_of(f);
    if (set == _PyPrincipal_APPLICATION) {
        return false;
    }
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    int at = (int)(f->instr_ptr - _PyCode_CODE(code));
    if (set == _PyPrincipal_STDLIB && at >= 0
        && _PyOpcode_Deopt[f->instr_ptr->op.code] == LOAD_ATTR)
    {
        return false;           /* the usual case */
    }
    if (code->_co_principal & _PyPrincipal_IMPORT) {
        return false;
    }
    int opcode = at < 0 ? CALL : _Py_GetBaseOpcode(code, at);
    if (opcode == BEFORE_WITH || opcode == BEFORE_ASYNC_WITH) {
        return false;
    }
    return set != _PyPrincipal_STDLIB
           || (opcode != LOAD_ATTR && opcode != LOAD_SUPER_ATTR);
}

PyObject *
_PyPrincipal_MakeBound(PyMethodObject *method)
{
    if (may_be_kept(_PyThreadState_GET()) && !_PyPolicyDeferred_IsEarly()) {
        Py_SETREF(method->im_func, _PyPrincipal_MakeBuilt(method->im_func));
    }
    return (PyObject *)method;
}

/* function.__get__(object), which has just been called by name. */
PyObject *
_PyPrincipal_MakeGot(PyObject *func, PyObject *got)
{
    if (PyFunction_Check(func) && PyMethod_Check(got)) {
        PyObject **bound = &((PyMethodObject *)got)->im_func;
        Py_SETREF(*bound, _PyPrincipal_MakeBuilt(*bound));
    }
    return got;
}

PyObject *
_PyPrincipal_BindToCall(PyObject *func, PyObject *self,
                        PyObject *Py_UNUSED(type))
{
    if (self == Py_None) {
        return Py_NewRef(func);     /* as functions do, which know no type */
    }
    /* Made without the function, it is nothing that could be kept. */
    PyObject *method = PyMethod_New(Py_None, self);
    if (method != NULL) {
        Py_SETREF(((PyMethodObject *)method)->im_func, Py_NewRef(func));
    }
    return method;
}

/* --- Attributes of classes ---------------------------------------------- */

/* Does the code that makes or changes the class do so with functions of its
   own module (namedtuple() and its like)? */
static bool
is_of_same_module(PyObject *func)
{
    const _PyInterpreterFrame *f = innermost(_PyThreadState_GET());
    return f != NULL && set_of(f) == _PyPrincipal_STDLIB
           && f->f_globals == PyFunction_GET_GLOBALS(func);
}

/* The same function, of code that its class's maker has a part in.  NULL with
   an exception set. */
static PyObject *
copy_function(PyFunctionObject *func)
{
    PyObject *code = _PyPrincipal_AdoptCode(func->func_code);
    if (code == NULL || code == func->func_code) {
        Py_XDECREF(code);
        return code == NULL ? NULL : Py_NewRef((PyObject *)func);
    }
    PyFrameConstructor parts = {
        .fc_globals = func->func_globals,
        .fc_builtins = func->func_builtins,
        .fc_name = func->func_name,
        .fc_qualname = func->func_qualname,
        .fc_code = code,
        .fc_defaults = func->func_defaults,
        .fc_kwdefaults = func->func_kwdefaults,
        .fc_closure = func->func_closure,
    };
    PyFunctionObject *copy = _PyFunction_FromConstructor(&parts);
    Py_DECREF(code);
    if (copy == NULL) {
        return NULL;
    }
    Py_XSETREF(copy->func_doc, Py_XNewRef(func->func_doc));
    Py_XSETREF(copy->func_module, Py_XNewRef(func->func_module));
    Py_XSETREF(copy->func_annotations, Py_XNewRef(func->func_annotations));
    Py_XSETREF(copy->func_typeparams, Py_XNewRef(func->func_typeparams));
    if (func->func_dict != NULL) {
        copy->func_dict = PyDict_Copy(func->func_dict);
        if (copy->func_dict == NULL) {
            Py_CLEAR(copy);
        }
    }
    return (PyObject *)copy;
}

/* Is it a plain function of somebody's who has no part in making this class,
   nor made the class that it comes (back) to?  What a decorator has made is as
   a rule his, and is the class's all the same. */
static bool
is_borrowed(PyTypeObject *type, PyObject *value)
{
    if (!PyFunction_Check(value) || is_closure(value)) {
        return false;
    }
    uint32_t owner = ((PyCodeObject *)PyFunction_GET_CODE(value))
                     ->_co_principal & _PyPrincipal_SET;
    if (owner < _PyPrincipal_FIRST
        || owner == _PyPolicyStack_Innermost(_PyThreadState_GET())
        || (type != NULL && type->_tp_principal == owner))
    {
        return false;
    }
    const uint32_t *owners, *builders;
    uint32_t builder = _PyPrincipal_Builder();
    size_t n_owners = _PyPrincipal_Members(owner, &owners);
    size_t n_builders = _PyPrincipal_Members(builder, &builders);
    for (size_t i = 0; i < n_owners * n_builders; i++) {
        if (owners[i % n_owners] == builders[i / n_owners]) {
            return false;
        }
    }
    return builder != _PyPrincipal_STDLIB;
}

PyObject *
_PyPrincipal_MakeAttribute(PyTypeObject *type, PyObject *name,
                           PyObject *value)
{
    PyObject *made;
    if (is_borrowed(type, value)) {
        made = copy_function((PyFunctionObject *)value);
    }
    else if (_PyPrincipal_IsTransparent(value)) {
        if (is_of_same_module(value)
            || _PyPrincipal_Builder() == _PyPrincipal_STDLIB)
        {
            return Py_NewRef(value);
        }
        made = copy_function((PyFunctionObject *)value);
    }
    else {
        made = _PyPolicySpecial_Attribute(name, value);
    }
    if (made == NULL) {
        PyErr_Clear();
        return Py_NewRef(Py_None);
    }
    return made;
}

/* A key that is not exactly a str may be another one when it is looked for:
   nothing of what was there may stay. */
static int
make_anew(PyObject *dict)
{
    Py_ssize_t at = 0;
    PyObject *name, *value, *fresh = PyDict_New();
    int result = fresh == NULL ? -1 : 0;
    while (result == 0 && PyDict_Next(dict, &at, &name, &value)) {
        Py_INCREF(name);        /* it may be taken away while it is asked */
        PyObject *made = _PyPrincipal_MakeAttribute(NULL, name, value);
        result = PyDict_SetItem(fresh, name, made);
        Py_DECREF(made);
        Py_DECREF(name);
    }
    if (result == 0) {
        PyDict_Clear(dict);
        result = PyDict_Update(dict, fresh);
    }
    Py_XDECREF(fresh);
    return result;
}

static int
make_attributes(PyObject *dict)
{
    if (!_PyPolicy_IsPlain(dict)) {
        return make_anew(dict);
    }
    Py_ssize_t at = 0;
    PyObject *name, *value;
    while (PyDict_Next(dict, &at, &name, &value)) {
        PyObject *made = _PyPrincipal_MakeAttribute(NULL, name, value);
        /* The key is there: the dictionary keeps its shape. */
        int result = made == value ? 0 : PyDict_SetItem(dict, name, made);
        Py_DECREF(made);
        if (result < 0) {
            return -1;
        }
    }
    return 0;
}

/* A class statement of the library's that finds somebody's class among its
   bases has him fill the dictionary: his metaclass prepares it. */
static uint32_t
filler_of(PyTypeObject *meta)
{
    const _PyInterpreterFrame *f = meta == &PyType_Type
        ? NULL : innermost(_PyThreadState_GET());
    return f != NULL && set_of(f) == _PyPrincipal_STDLIB
           ? _PyPolicyMade_MakersOf(meta, NULL) : _PyPrincipal_STDLIB;
}

int
_PyPrincipal_MakeAttributes(PyTypeObject *meta, PyObject *dict)
{
    if (_PyPrincipal_Builder() != _PyPrincipal_STDLIB) {
        return make_attributes(dict);
    }
    uint32_t filler = filler_of(meta);
    if (filler == _PyPrincipal_STDLIB) {
        return 0;
    }
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMark mark;
    _PyPrincipal_EnterBuilt(tstate, &mark, filler);
    int result = make_attributes(dict);
    _PyPrincipal_LeaveBuilt(tstate, &mark, filler);
    return result;
}

/* --- Class and static methods ------------------------------------------- */

PyObject *
_PyPrincipal_MakeAccessor(PyObject *func)
{
    return is_closure(func) && !_PyPrincipal_IsTransparent(func)
           ? Py_NewRef(func) : _PyPrincipal_MakeBuilt(func);
}

PyObject *
_PyPrincipal_MakeUnbound(PyObject *func)
{
    /* A class among the attributes of another is looked at as a class. */
    return PyType_Check(func)
           || (_PyPrincipal_IsTransparent(func) && is_of_same_module(func))
           ? Py_NewRef(func) : _PyPrincipal_MakeAccessor(func);
}

PyObject *
_PyPrincipal_MakeMember(PyObject *value)
{
    return PyType_Check(value) || !PyCallable_Check(value)
           ? Py_NewRef(value) : _PyPrincipal_MakeBuilt(value);
}

/* --- Classes of the standard library ------------------------------------ */

/* How is it kept?  CLASSLIKE: as an attribute of a class is; ORDERED: with its
   arguments, to be run; REGISTERED: where anybody can put something else;
   CONVERTER: so, and a class is looked at as a class. */
enum { CLASSLIKE, ORDERED, REGISTERED, CONVERTER };

static PyObject *
kept_as(int how, PyObject *func)
{
    switch (how) {
        case CLASSLIKE: return _PyPrincipal_MakeUnbound(func);
        case ORDERED: return _PyPrincipal_MakeBuilt(func);
        case CONVERTER:
            return PyType_Check(func) ? _PyPrincipal_MakeBuilt(func)
                                      : _PyPrincipal_MakeRegistered(func);
        default: return _PyPrincipal_MakeRegistered(func);
    }
}

/* What keeps a callable that it is given in an attribute, to call it later:
   which argument of which method (0 is self), and what it is called. */
static const struct {
    char cls[24], method[32];   /* arrays need no relocation at start-up */
    int at;                     /* -1: by name only */
    char name[8];
    int how;
} KEPT[] = {
    {"partialmethod", "__init__", 1, "", REGISTERED},
    {"cached_property", "__init__", 1, "func", REGISTERED},
    {"singledispatchmethod", "__init__", 1, "func", CLASSLIKE},
    {"DynamicClassAttribute", "__init__", 1, "fget", CLASSLIKE},
    {"_BaseExitStack", "_create_cb_wrapper", 0, "", ORDERED},
    {"AsyncExitStack", "push_async_callback", 1, "", ORDERED},
    {"AsyncExitStack", "_create_async_cb_wrapper", 0, "", ORDERED},
    {"scheduler", "enterabs", 3, "action", REGISTERED},
    {"JSONEncoder", "__init__", -1, "default", REGISTERED},
    {"_ActionsContainer", "add_argument", -1, "type", CONVERTER},
    {"_ActionsContainer", "register", 3, "object", CONVERTER},
    {"TestCase", "addCleanup", 1, "", REGISTERED},
    {"BaseProcess", "__init__", 2, "target", ORDERED},
};

enum { ORIGINAL, ROW, NAME };

/* Where the name is among those of a call (NULL: none), or behind them.  They
   are interned as a rule. */
static Py_ssize_t
place_of(PyObject *names, PyObject *name)
{
    Py_ssize_t n = names ? PyTuple_GET_SIZE(names) : 0, at = 0;
    while (at < n && PyTuple_GET_ITEM(names, at) != name) {
        at++;
    }
    if (at < n) {
        return at;
    }
    at = 0;
    while (at < n && !_PyUnicode_Equal(PyTuple_GET_ITEM(names, at), name)) {
        at++;
    }
    return at;
}

/* Call it with something else in the place of one of the arguments. */
static PyObject *
call_with(PyObject *original, PyObject *const *args, Py_ssize_t n,
          PyObject *names, Py_ssize_t at, PyObject *kept)
{
    Py_ssize_t all = n + (names ? PyTuple_GET_SIZE(names) : 0);
    PyObject *small[16], **stack = small;
    if (all > (Py_ssize_t)Py_ARRAY_LENGTH(small)) {
        stack = PyMem_New(PyObject *, (size_t)all);
        if (stack == NULL) {
            return PyErr_NoMemory();
        }
    }
    memcpy(stack, args, (size_t)all * sizeof(*stack));
    stack[at] = kept;
    PyObject *result = PyObject_Vectorcall(original, stack, n, names);
    if (stack != small) {
        PyMem_Free(stack);
    }
    return result;
}

static PyObject *
keep(PyObject *bound, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    PyObject *original = PyTuple_GET_ITEM(bound, ORIGINAL);
    long row = PyLong_AsLong(PyTuple_GET_ITEM(bound, ROW));
    Py_ssize_t all = n + (names ? PyTuple_GET_SIZE(names) : 0);
    Py_ssize_t at = KEPT[row].at >= 0 && KEPT[row].at < n
                    ? KEPT[row].at
                    : n + place_of(names, PyTuple_GET_ITEM(bound, NAME));
    if (at >= all || !PyCallable_Check(args[at])
        || Py_IS_TYPE(args[at], &PyStaticMethod_Type))
    {
        return PyObject_Vectorcall(original, args, n, names);
    }
    PyObject *kept = kept_as(KEPT[row].how, args[at]);
    PyObject *result = kept == NULL ? NULL
        : kept == args[at] ? PyObject_Vectorcall(original, args, n, names)
        : call_with(original, args, n, names, at, kept);
    Py_XDECREF(kept);
    return result;
}

static PyMethodDef keep_def = {
    "keep", _PyCFunction_CAST(keep), METH_FASTCALL | METH_KEYWORDS, NULL
};

static int
wrap_row(PyObject *cls, size_t row)
{
    PyObject *number = PyLong_FromSize_t(row);
    PyObject *name = PyUnicode_InternFromString(KEPT[row].name);
    int result = number == NULL || name == NULL ? -1
        : _PyPolicyMethod_Exchange((PyTypeObject *)cls, &keep_def,
                                   KEPT[row].method, number, name);
    Py_XDECREF(number);
    Py_XDECREF(name);
    return result;
}

/* --- What objects say of themselves ------------------------------------- */

void
_PyPrincipal_EnterMakers(_PyPolicyMark *mark, PyTypeObject *type)
{
    mark->set = _PyPolicyMade_MakersOf(type, NULL);
    _PyPrincipal_EnterBuilt(_PyThreadState_GET(), mark, mark->set);
}

void
_PyPrincipal_EnterNobody(_PyPolicyMark *mark)
{
    _PyPolicyMark_Push(_PyThreadState_GET(), mark, _PyPrincipal_UNKNOWN,
                       true);
}

void
_PyPrincipal_LeaveMakers(_PyPolicyMark *mark)
{
    _PyPolicyMark_Pop(_PyThreadState_GET(), mark);
}

/* original(object, ...), in which the makers of the object's class act. */
static PyObject *
call_for_class(PyObject *bound, PyObject *const *args, Py_ssize_t n,
               PyObject *names)
{
    PyThreadState *tstate = _PyThreadState_GET();
    uint32_t set = n > 0 ? _PyPolicyMade_MakersOf(Py_TYPE(args[0]), NULL)
                         : _PyPrincipal_STDLIB;
    _PyPolicyMark mark;
    _PyPrincipal_EnterBuilt(tstate, &mark, set);
    PyObject *result = PyObject_Vectorcall(PyTuple_GET_ITEM(bound, ORIGINAL),
                                           args, n, names);
    _PyPrincipal_LeaveBuilt(tstate, &mark, set);
    return result;
}

static PyMethodDef call_for_class_def = {
    "call", _PyCFunction_CAST(call_for_class), METH_FASTCALL | METH_KEYWORDS,
    NULL
};

/* Methods whose object says what is to be called. */
static const char FOR_CLASS[][2][12] = {
    {"_Pickler", "dump"}, {"_Unpickler", "load"},
};

int
_PyPolicyBuilt_Wrap(PyObject *cls)
{
    const char *name = ((PyTypeObject *)cls)->tp_name;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(KEPT); i++) {
        if (strcmp(KEPT[i].cls, name) == 0 && wrap_row(cls, i) < 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(FOR_CLASS); i++) {
        if (strcmp(FOR_CLASS[i][0], name) == 0
            && _PyPolicyMethod_Exchange((PyTypeObject *)cls,
                                        &call_for_class_def,
                                        FOR_CLASS[i][1], Py_None, NULL) < 0)
        {
            return -1;
        }
    }
    return 0;
}

/* _imp.for_class_of(function): for a function whose first argument is
   somebody's object that says what is to be called.  That takes away and never
   gives. */
PyObject *
_PyPrincipal_ForClassOf(PyObject *Py_UNUSED(module), PyObject *func)
{
    PyObject *bound = PyTuple_Pack(1, func), *made = NULL;
    if (bound != NULL) {
        made = _PyPolicyMethod_New(&call_for_class_def, bound, func);
        Py_DECREF(bound);
    }
    return made;
}

/* _imp.weak_parts(type, function, reference): a WeakMethod keeps a weak
   reference to the function, which a deferred call in its place would not
   survive: to the function itself, then, and the type with which it is bound
   again puts the call back. */
static PyObject *
bind_again(PyObject *deferred, PyObject *const *args, Py_ssize_t n)
{
    return n == 2 ? PyMethod_New(deferred, args[1])
                  : PyErr_Format(PyExc_TypeError, "expected 2 arguments");
}

static PyMethodDef bind_again_def = {
    "bind", _PyCFunction_CAST(bind_again), METH_FASTCALL, NULL
};

PyObject *
_PyPrincipal_WeakParts(PyObject *Py_UNUSED(module), PyObject *const *args,
                       Py_ssize_t n)
{
    if (n != 2) {
        return PyErr_Format(PyExc_TypeError, "expected 2 arguments");
    }
    PyObject *func = _PyPolicyDeferred_Unwrapped(args[1]);
    PyObject *bind = func == args[1] ? Py_NewRef(args[0])
                                     : PyCFunction_New(&bind_again_def,
                                                       args[1]);
    PyObject *parts = bind ? PyTuple_Pack(2, bind, func) : NULL;
    Py_XDECREF(bind);
    return parts;
}
