/* A callable that acts for whoever deferred it. */

#ifndef Py_INTERNAL_POLICY_DEFERRED_H
#define Py_INTERNAL_POLICY_DEFERRED_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_beyond.h"
#include "pycore_policy_capture.h"
#include "pycore_policy_deferred_method.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

/* What a deferred call is bound to, and how it acts when it is called:

   WHOLE    func with args and kwargs.  Called with nothing, or with exactly
            these objects, it acts for its set and for nobody below.
   OWNED    func alone.  Called with exactly the one object that owns it
            (a future, a weak reference), the same.
   BESIDE   The same as WHOLE, but the set acts beside whoever calls.
   ADDED    func alone.  The set acts beside whoever calls.
   NOBODY   func alone.  Nobody known acts in it, whoever calls.

   WHOLE, OWNED and BESIDE, called with anything else, or a second time where
   once is all there is, run for nobody known.  So one that is stolen, or
   moved to another place, gives nothing. */
typedef enum {
    _PyPolicyDeferred_WHOLE,
    _PyPolicyDeferred_OWNED,
    _PyPolicyDeferred_BESIDE,
    _PyPolicyDeferred_ADDED,
    _PyPolicyDeferred_NOBODY,
} _PyPolicyDeferredKind;

typedef struct {
    PyObject_HEAD
    uint32_t set;               /* who was acting when it was deferred */
    uint8_t kind;
    uint8_t once;               /* is it good for one call only? */
    uint8_t spent;              /* it has been called */
    const void *owner;          /* only compared; NULL: none */
    PyObject *func;
    PyObject *args;             /* an exact tuple or NULL */
    PyObject *kwargs;           /* an exact dict of its own, or NULL */
    PyObject *context;          /* a handle's, or NULL */
    PyObject *loop;             /* a handle's, or NULL */
    PyObject *weakrefs;
    vectorcallfunc vectorcall;
} _PyPolicyDeferred;

/* A new one, for whoever is acting now.  args (a tuple) and kwargs (a dict)
   may be NULL.  NULL with an exception set when memory is short. */
extern PyObject *_PyPolicyDeferred_New(_PyPolicyDeferredKind kind, bool once,
                                       PyObject *func, PyObject *args,
                                       PyObject *kwargs, const void *owner);

/* And one that adds that set to whoever calls. */
extern PyObject *_PyPolicyDeferred_NewAdded(uint32_t set, PyObject *func);

extern bool _PyPolicyDeferred_Check(PyObject *object);

/* The function that it stands for; the object itself when it is none. */
extern PyObject *_PyPolicyDeferred_Unwrapped(PyObject *object);

/* Would calling it show a frame of somebody's own, who is not the standard
   library?  Then it needs nobody to vouch for it. */
extern bool _PyPolicyDeferred_ShowsItself(PyObject *callable);

/* Is there no code yet but the interpreter's own and the standard library's,
   so that nobody need be remembered? */
extern bool _PyPolicyDeferred_IsEarly(void);

/* Does that hold, or is it a deferred call or the interpreter's own hook? */
extern bool _PyPolicyDeferred_IsSafe(PyObject *callable);

/* Who acts in a call of it, whoever calls?  STDLIB: nobody is known to. */
extern uint32_t _PyPolicyDeferred_AuthorOf(PyObject *callable);

/* Does a call of it show that set, or reach nothing, or is it for the
   application to answer for? */
extern bool _PyPolicyDeferred_ActsFor(PyObject *callable, uint32_t set);

/* policy_special.c: what becomes an attribute of a class by that name.  A new
   reference, or NULL with an exception set. */
extern PyObject *_PyPolicySpecial_Attribute(PyObject *name, PyObject *value);

/* policy_made.c: who made the classes of the type's order, up to the one that
   has an attribute of that name (NULL: all)? */
extern uint32_t _PyPolicyMade_MakersOf(PyTypeObject *type, PyObject *name);

/* policy_built.c: wrap the methods of a class of the standard library that
   keep what they are given.  0 or -1. */
extern int _PyPolicyBuilt_Wrap(PyObject *cls);

/* policy_deferred_lib.c: a class statement with that body has made the class.
   One of the standard library's that keeps calls has its methods wrapped.
   Returns the class, or NULL with an exception set and the reference gone. */
extern PyObject *_PyPolicyDeferred_Defined(PyObject *body, PyObject *cls);

/* Put a deferred call in the place of the attribute names[0], of what it held
   (None stays), with the attributes names[1] and, if there is one, names[2] as
   arguments (a tuple).  0 or -1. */
extern int _PyPolicyDeferred_With(PyObject *self, PyObject *names,
                                  _PyPolicyDeferredKind kind, bool once);

/* policy_deferred_method.c: a method of a class, in C, that takes the place of
   the original: def's function bound to that object, called with the instance
   first.  NULL with an exception set. */
extern PyObject *_PyPolicyMethod_New(PyMethodDef *def, PyObject *bound,
                                     PyObject *original);

/* Put one in the place of what the class calls so, if there is such a thing,
   bound to (what was there, first) or, with another, (..., second).  0 or -1
   with an exception. */
extern int _PyPolicyMethod_Exchange(PyTypeObject *cls, PyMethodDef *def,
                                    const char *name, PyObject *first,
                                    PyObject *second);

/* policy_deferred_thread.c: wrappers of Thread and Timer, bound to (original
   method, ...). */
extern PyObject *_PyPolicyThread_Init(PyObject *bound, PyObject *args,
                                      PyObject *kwargs);
extern PyObject *_PyPolicyThread_Run(PyObject *bound, PyObject *const *args,
                                     Py_ssize_t n, PyObject *names);
extern PyObject *_PyPolicyThread_RunTimer(PyObject *bound,
                                          PyObject *const *args,
                                          Py_ssize_t n, PyObject *names);

/* policy_deferred_pool.c: wrappers of ThreadPool, bound likewise. */
extern PyObject *_PyPolicyPool_Init(PyObject *bound, PyObject *args,
                                    PyObject *kwargs);
extern PyObject *_PyPolicyPool_Apply(PyObject *bound, PyObject *args,
                                     PyObject *kwargs);
extern PyObject *_PyPolicyPool_Map(PyObject *bound, PyObject *args,
                                   PyObject *kwargs);
extern PyObject *_PyPolicyPool_IterMap(PyObject *bound, PyObject *args,
                                       PyObject *kwargs);
extern PyObject *_PyPolicyPool_Process(PyObject *bound, PyObject *args,
                                       PyObject *kwargs);

/* policy_deferred_handle.c: wrappers of asyncio's Handle, bound to
   (original method, class, what Places gives for the class). */
extern PyObject *_PyPolicyHandle_Places(PyObject *cls);
extern PyObject *_PyPolicyHandle_Init(PyObject *bound, PyObject *const *args,
                                      Py_ssize_t n, PyObject *names);
extern PyObject *_PyPolicyHandle_Run(PyObject *bound, PyObject *const *args,
                                     Py_ssize_t n, PyObject *names);

/* --- Seams: what upstream's code calls ---------------------------------- */

/* The rest return a new reference, NULL only with an exception set. */
PyAPI_FUNC(PyObject *) _PyPrincipal_MakeOwned(PyObject *func,
                                              PyObject *owner);
extern PyObject *_PyPrincipal_MakeWeak(PyWeakReference *reference);
extern PyObject *_PyPrincipal_MakeWhole(PyObject *func);
extern PyObject *_PyPrincipal_MakeAdded(PyObject *func);

/* _asynciomodule.c: a callback of a future, to be run once, with it. */
static inline PyObject *
_PyPrincipal_DoneCallback(PyObject *func, PyObject *future)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_MakeOwned(func, future)
                                : Py_NewRef(func);
}

/* weakrefobject.c: a reference (stolen; NULL stays NULL) that has just been
   made with a callback, or with none (NULL).  The same with its callback
   deferred. */
static inline PyObject *
_PyPrincipal_WeakCallback(PyWeakReference *reference, PyObject *callback)
{
    return _PyPolicy_IsActive() && callback != NULL
           ? _PyPrincipal_MakeWeak(reference) : (PyObject *)reference;
}

/* posixmodule.c: a function to be run around a fork, as it is. */
static inline PyObject *
_PyPrincipal_AtFork(PyObject *func)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_MakeWhole(func)
                                : Py_NewRef(func);
}

/* codecs.c: whoever registers it acts in it, beside who uses it. */
static inline PyObject *
_PyPrincipal_Helper(PyObject *func)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_MakeAdded(func)
                                : Py_NewRef(func);
}

/* The function that it stands for; the object itself when it is none. */
static inline PyObject *
_PyPrincipal_WithoutDeferral(PyObject *object)
{
    return _PyPolicy_IsActive() ? _PyPolicyDeferred_Unwrapped(object) : object;
}

/* Who builds a callable without a frame of its own (a partial) here and now?
   STDLIB when nobody needs to be remembered.  Rebuilt: the builder of one
   that is changed. */
extern uint32_t _PyPrincipal_Builder(void);
extern uint32_t _PyPrincipal_Rebuilt(uint32_t set);

static inline uint32_t
_PyPrincipal_BuiltBy(void)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_Builder() : _PyPrincipal_STDLIB;
}

/* _functoolsmodule.c: who built the partial object?  Nobody where it gives the
   attributes of an object, by whatever name it is called with, or what an
   iterator gives next: whoever has it might as well have the object, or the
   iterator, which knows itself who built it. */
extern bool _PyPolicyDeferred_OnlyGives(PyObject *func, PyObject *args,
                                        PyObject *kwargs);

/* How a partial object begins. */
typedef struct {
    PyObject_HEAD
    PyObject *func, *args, *kwargs;
} _PyPolicyPartial;

static inline uint32_t
_PyPrincipal_PartialBuiltBy(PyObject *func, PyObject *args, PyObject *kwargs)
{
    return _PyPolicy_IsActive()
           && !_PyPolicyDeferred_OnlyGives(func, args, kwargs)
           ? _PyPrincipal_Builder() : _PyPrincipal_STDLIB;
}

/* genobject.c: whoever calls a function of the standard library that makes a
   generator or a coroutine, or a function of anybody that makes a coroutine,
   where its frame does not show all of them, whoever resumes it.  (Generators
   are made all the time, and hardly ever handed on: theirs are asked for where
   a policy wants to know who stands beyond the application.) */
extern uint32_t _PyPrincipal_GeneratorBuilder(PyFunctionObject *func);

/* genobject.c: what a coroutine or a generator awaits is about to be handed to
   whoever asks (NULL stays NULL).  Whose that coroutine is, and who built it,
   is not on the stack any more wherever it runs then. */
extern void _PyPrincipal_MarkTakenOut(PyGenObject *outer, PyObject *inner);

static inline PyObject *
_PyPrincipal_TakenOut(PyGenObject *outer, PyObject *inner)
{
    if (_PyPolicy_IsActive() && inner != NULL) {
        _PyPrincipal_MarkTakenOut(outer, inner);
    }
    return inner;
}

/* A bracket around the end of what it awaits, which runs without its frame:
   whoever awaits something is on the stack as long as that runs. */
static inline bool
_PyPrincipal_ShowAwaiting(PyGenObject *gen)
{
    bool shown = _PyPolicy_IsActive();
    if (shown) {
        PyThreadState *tstate = _PyThreadState_GET();
        _PyInterpreterFrame *frame = (_PyInterpreterFrame *)gen->gi_iframe;
        frame->previous = tstate->current_frame;
        tstate->current_frame = frame;
    }
    return shown;
}

static inline void
_PyPrincipal_HideAwaiting(PyGenObject *gen, bool shown)
{
    if (shown) {
        _PyInterpreterFrame *frame = (_PyInterpreterFrame *)gen->gi_iframe;
        _PyThreadState_GET()->current_frame = frame->previous;
        frame->previous = NULL;
    }
}

static inline bool
_PyPrincipal_IsHandedOn(const PyCodeObject *code)
{
    uint32_t set = code->_co_principal & _PyPrincipal_SET;
    return set == _PyPrincipal_STDLIB
           || (((code->co_flags & (CO_COROUTINE | CO_ASYNC_GENERATOR))
                || _PyPolicyBeyond_Wanted)
               && set != _PyPrincipal_APPLICATION);
}

static inline uint32_t
_PyPrincipal_GeneratorBuilt(PyFunctionObject *func)
{
    return _PyPolicy_IsActive()
           && _PyPrincipal_IsHandedOn((PyCodeObject *)func->func_code)
           ? _PyPrincipal_GeneratorBuilder(func) : _PyPrincipal_STDLIB;
}

/* Brackets around its calls: the builder acts beside whoever calls. */
static inline void
_PyPrincipal_EnterBuilt(PyThreadState *tstate, _PyPolicyMark *mark,
                        uint32_t set)
{
    if (set != _PyPrincipal_STDLIB) {
        _PyPolicyMark_Push(tstate, mark, set, false);
    }
}

static inline void
_PyPrincipal_LeaveBuilt(PyThreadState *tstate, _PyPolicyMark *mark,
                        uint32_t set)
{
    if (set != _PyPrincipal_STDLIB) {
        _PyPolicyMark_Pop(tstate, mark);
    }
}

/* policy_written.c: is what was got from an object a method of its class, and
   by its own name?  (A file that is a database as well may write with
   executescript().) */
extern bool _PyPolicyWritten_IsOwn(PyObject *method, PyObject *object,
                                   PyObject *name);

/* policy_written.c.  textio.c, bufferedio.c: file.name(data), where the file
   was handed over to whoever built what calls it.  fileobject.c: the same of a
   method that was got from the file already. */
PyAPI_FUNC(PyObject *) _PyPrincipal_Write(PyObject *file, PyObject *name,
                                          PyObject *data, uint32_t built_by);
extern PyObject *_PyPrincipal_WriteWith(PyObject *method, PyObject *file,
                                        PyObject *data);

static inline PyObject *
_PyPrincipal_CallWrite(PyObject *file, PyObject *name, PyObject *data,
                       uint32_t built_by)
{
    return _PyPolicy_IsActive()
        ? _PyPrincipal_Write(file, name, data, built_by)
        : PyObject_CallMethodOneArg(file, name, data);
}

static inline PyObject *
_PyPrincipal_CallMethodOf(PyObject *method, PyObject *file, PyObject *data)
{
    return _PyPolicy_IsActive()
        ? _PyPrincipal_WriteWith(method, file, data)
        : PyObject_CallOneArg(method, data);
}

/* What was got as write() of a file (the reference is taken; NULL stays NULL),
   to be called with what is to be written. */
PyAPI_FUNC(PyObject *) _PyPrincipal_MakeWriter(PyObject *method,
                                               PyObject *file);

static inline PyObject *
_PyPrincipal_WriterOf(PyObject *method, PyObject *file)
{
    return _PyPolicy_IsActive() && method != NULL
           ? _PyPrincipal_MakeWriter(method, file) : method;
}

/* A function that an iterator or a bound method is built of: itself, or where
   it would not show whose it is, one in which the builder acts too.  Never
   NULL: None, which cannot be called, when memory is short. */
PyAPI_FUNC(PyObject *) _PyPrincipal_MakeBuilt(PyObject *func);

static inline PyObject *
_PyPrincipal_Built(PyObject *func)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_MakeBuilt(func)
                                : Py_NewRef(func);
}

/* What is registered in a table that anybody can write, where it is called
   with _PyPrincipal_CallFound(): the same, and never a bare function of C or
   of the standard library, which somebody has put there past the
   registration. */
PyAPI_FUNC(PyObject *) _PyPrincipal_MakeRegistered(PyObject *func);

static inline PyObject *
_PyPrincipal_Registered(PyObject *func)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_MakeRegistered(func)
                                : Py_NewRef(func);
}

/* What is built of what was found somewhere, and is called with
   _PyPrincipal_CallFound(): nobody vouches for what does not show itself. */
PyAPI_FUNC(PyObject *) _PyPrincipal_MakeBuiltOfFound(PyObject *func);

static inline PyObject *
_PyPrincipal_BuiltOfFound(PyObject *func)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_MakeBuiltOfFound(func)
                                : Py_NewRef(func);
}

/* The same for what is handed over and may be NULL: the reference is taken. */
static inline PyObject *
_PyPrincipal_BuiltOf(PyObject *func)
{
    if (!_PyPolicy_IsActive() || func == NULL) {
        return func;
    }
    PyObject *made = _PyPrincipal_MakeBuilt(func);
    Py_DECREF(func);
    return made;
}

/* policy_built.c.  classobject.c: a method of the standard library that has
   just been bound.
   funcobject.c: the function of a class or static method, classes
   excepted.  descrobject.c: a function of a property (NULL stays NULL).
   typeobject.c: what func.__get__() has just given (NULL stays NULL). */
extern PyObject *_PyPrincipal_MakeBound(PyMethodObject *method);
extern PyObject *_PyPrincipal_MakeUnbound(PyObject *func);
extern PyObject *_PyPrincipal_MakeAccessor(PyObject *func);
extern PyObject *_PyPrincipal_MakeGot(PyObject *func, PyObject *got);

/* Is this a function of the standard library, which shows nobody? */
static inline bool
_PyPrincipal_IsTransparent(PyObject *func)
{
    return PyFunction_Check(func)
           && (((PyCodeObject *)PyFunction_GET_CODE(func))->_co_principal
               & _PyPrincipal_SET) == _PyPrincipal_STDLIB;
}

static inline PyObject *
_PyPrincipal_BoundMethod(PyMethodObject *method)
{
    return _PyPolicy_IsActive() && _PyPrincipal_IsTransparent(method->im_func)
           && !_Py_atomic_load_int_relaxed(&_PyPrincipal_Alone)
           ? _PyPrincipal_MakeBound(method) : (PyObject *)method;
}

/* typeobject.c: what binds a special method that is looked up, to be called
   at once (`bind`: what does so for anybody).  Whoever has it called stands on
   the stack while it runs, so nobody need be remembered.  A choice of the
   function, and not a call, leaves the look-up short enough to be inlined. */
extern PyObject *_PyPrincipal_BindToCall(PyObject *func, PyObject *self,
                                         PyObject *type);

/* policy_special.c: what a descriptor that is no method (found) gives for one,
   to be called for whoever made it, and the object's class.  Or what binds
   nothing, itself: it may have got into the class's dictionary past whoever
   looks at its attributes. */
extern PyObject *_PyPrincipal_GetToCall(PyObject *found, PyObject *self,
                                        PyObject *type);

static inline descrgetfunc
_PyPrincipal_Getter(descrgetfunc get)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_GetToCall : get;
}

static inline descrgetfunc
_PyPrincipal_Binder(descrgetfunc bind, PyObject *special)
{
    return !_PyPolicy_IsActive() ? bind
           : _PyPrincipal_IsTransparent(special) ? _PyPrincipal_BindToCall
           : Py_TYPE(special)->tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR
           ? bind : _PyPrincipal_GetToCall;
}

static inline PyObject *
_PyPrincipal_Unbound(PyObject *func)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_MakeUnbound(func)
                                : Py_NewRef(func);
}

/* What stands between a class and its attribute, which may be a class, too:
   one that is called, and not looked at. */
static inline PyObject *
_PyPrincipal_Wrapped(PyObject *func)
{
    return PyType_Check(func) ? _PyPrincipal_Built(func)
                              : _PyPrincipal_Unbound(func);
}

static inline PyObject *
_PyPrincipal_Accessor(PyObject *func)
{
    return _PyPolicy_IsActive() && func != NULL
           ? _PyPrincipal_MakeAccessor(func) : Py_XNewRef(func);
}

static inline PyObject *
_PyPrincipal_Got(PyObject *func, PyObject *got)
{
    return _PyPolicy_IsActive() && got != NULL
           ? _PyPrincipal_MakeGot(func, got) : got;
}

/* structmember.c and others: what becomes an attribute of an object of C
   (NULL stays NULL). */
PyAPI_FUNC(PyObject *) _PyPrincipal_MakeMember(PyObject *value);

static inline PyObject *
_PyPrincipal_Member(PyObject *value)
{
    return _PyPolicy_IsActive() && value != NULL
           ? _PyPrincipal_MakeMember(value) : Py_XNewRef(value);
}

/* The same for the object that gets it.  An exception calls nothing that it
   has (AttributeError.obj is whatever lacks an attribute). */
static inline PyObject *
_PyPrincipal_MemberOf(PyObject *object, PyObject *value)
{
    return !_PyPolicy_IsActive() || PyExceptionInstance_Check(object)
           ? Py_XNewRef(value) : _PyPrincipal_Member(value);
}

/* classobject.c: a new instancemethod of it. */
static inline PyObject *
_PyPrincipal_InstanceMethod(PyObject *func)
{
    func = _PyPrincipal_Built(func);
    PyObject *method = PyInstanceMethod_New(func);
    Py_DECREF(func);
    return method;
}

/* typeobject.c: *value, borrowed, becomes what a class (NULL: a new one) gets
   as its attribute of that name (NULL stays NULL); what is returned is to be
   released afterwards.  And the dictionary of a class that is being made of
   that metaclass: 0 or -1. */
extern PyObject *_PyPrincipal_MakeAttribute(PyTypeObject *type,
                                            PyObject *name, PyObject *value);
extern int _PyPrincipal_MakeAttributes(PyTypeObject *meta, PyObject *dict);

static inline PyObject *
_PyPrincipal_Attribute(PyTypeObject *type, PyObject *name, PyObject **value)
{
    return _PyPolicy_IsActive() && *value != NULL
           ? *value = _PyPrincipal_MakeAttribute(type, name, *value) : NULL;
}

static inline int
_PyPrincipal_Attributes(PyTypeObject *meta, PyObject *dict)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_MakeAttributes(meta, dict) : 0;
}

/* A bracket around what an object is asked to do, where its class says with
   what: the class's makers act beside whoever calls. */
PyAPI_FUNC(void) _PyPrincipal_EnterMakers(_PyPolicyMark *mark,
                                          PyTypeObject *type);
PyAPI_FUNC(void) _PyPrincipal_EnterNobody(_PyPolicyMark *mark);
PyAPI_FUNC(void) _PyPrincipal_LeaveMakers(_PyPolicyMark *mark);

static inline void
_PyPrincipal_EnterObject(_PyPolicyMark *mark, PyObject *object)
{
    mark->set = _PyPrincipal_STDLIB;
    if (_PyPolicy_IsActive()) {
        _PyPrincipal_EnterMakers(mark, Py_TYPE(object));
    }
}

/* The same around a call of something that anybody can have put where it was
   found, and that needs to reach nothing: in a bare C function, nobody known
   acts. */
static inline void
_PyPrincipal_EnterBare(_PyPolicyMark *mark, PyObject *callable)
{
    mark->set = _PyPrincipal_STDLIB;
    if (_PyPolicy_IsActive()
        && ((PyMethod_Check(callable)       /* as most are, and none is safe */
             && _PyPrincipal_IsTransparent(PyMethod_GET_FUNCTION(callable)))
            || !_PyPolicyDeferred_IsSafe(callable)))
    {
        _PyPrincipal_EnterNobody(mark);
    }
}

/* The same where functions of the library's are meant to be: __getattr__() of
   the module with that dictionary; one that says how objects of a class are
   pickled; a debugger.  And where a class may have been put past whoever puts
   a function. */
extern void _PyPrincipal_EnterDebugger(_PyPolicyMark *mark,
                                       PyObject *hook);
extern void _PyPrincipal_EnterOwnGetattr(_PyPolicyMark *mark,
                                         PyObject *callable, PyObject *dict);
PyAPI_FUNC(void) _PyPrincipal_EnterReducer(_PyPolicyMark *mark,
                                           PyObject *callable);

static inline void
_PyPrincipal_EnterBreakpoint(_PyPolicyMark *mark, PyObject *hook)
{
    mark->set = _PyPrincipal_STDLIB;
    if (_PyPolicy_IsActive()) {
        _PyPrincipal_EnterDebugger(mark, hook);
    }
}

static inline void
_PyPrincipal_EnterGetattr(_PyPolicyMark *mark, PyObject *callable,
                          PyObject *dict)
{
    mark->set = _PyPrincipal_STDLIB;
    if (_PyPolicy_IsActive()) {
        _PyPrincipal_EnterOwnGetattr(mark, callable, dict);
    }
}

/* The same of what was found by the name of a special method of the object:
   methods of its own have been looked at. */
static inline void
_PyPrincipal_EnterNoMethod(_PyPolicyMark *mark, PyObject *callable,
                           PyObject *object)
{
    mark->set = _PyPrincipal_STDLIB;
    if (_PyPolicy_IsActive() && !PyMethod_Check(callable)
        && !(PyCFunction_Check(callable)
             && PyCFunction_GET_SELF(callable) == object)
        && !_PyPolicyDeferred_IsSafe(callable))
    {
        _PyPrincipal_EnterNobody(mark);
    }
}

static inline void
_PyPrincipal_EnterFactory(_PyPolicyMark *mark, PyObject *callable)
{
    mark->set = _PyPrincipal_STDLIB;
    if (_PyPolicy_IsActive() && PyType_Check(callable)
        && !(((PyTypeObject *)callable)->tp_flags & Py_TPFLAGS_IMMUTABLETYPE))
    {
        _PyPrincipal_EnterNobody(mark);
    }
}

/* policy_deferred_handle.c.  _asynciomodule.c: around what an event loop is
   told of an error. */
PyAPI_FUNC(void) _PyPrincipal_EnterLoop(_PyPolicyMark *mark, PyObject *loop);

static inline void
_PyPrincipal_LeaveObject(_PyPolicyMark *mark)
{
    if (mark->set != _PyPrincipal_STDLIB) {
        _PyPrincipal_LeaveMakers(mark);
    }
}

/* A bracket around a call of something that anybody can have put where it
   was found: unless it is a deferred call, or shows itself, nobody known
   acts in it.  `trusted`: how a C function that is the interpreter's own is
   defined, or NULL.  Needs _PyPrincipal_Leave(). */
PyAPI_FUNC(void) _PyPrincipal_EnterFound(PyThreadState *tstate,
                                         _PyPolicyMark *mark,
                                         PyObject *callable,
                                         const PyMethodDef *trusted);

/* What was found in such a place, called with one argument. */
PyAPI_FUNC(PyObject *) _PyPrincipal_CallOneFound(PyObject *callable,
                                                 PyObject *arg);

static inline PyObject *
_PyPrincipal_CallFound(PyObject *callable, PyObject *arg)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_CallOneFound(callable, arg)
                                : PyObject_CallOneArg(callable, arg);
}

/* policy_made.c.  typeobject.c: a class that has just been made, and brackets
   of an object's __del__. */
extern void _PyPrincipal_NoteObjects(PyTypeObject *type);
extern void _PyPrincipal_EnterFinalizer(PyThreadState *tstate,
                                        _PyPolicyMark *mark,
                                        PyObject *object);

static inline void
_PyPrincipal_ClassMade(PyTypeObject *type)
{
    if (_PyPolicy_IsActive() && type->tp_finalize != NULL) {
        _PyPrincipal_NoteObjects(type);
    }
}

static inline void
_PyPrincipal_EnterDel(PyThreadState *tstate, _PyPolicyMark *mark,
                      PyObject *object)
{
    mark->stop = false;
    if (_PyPolicy_IsActive()) {
        _PyPrincipal_EnterFinalizer(tstate, mark, object);
    }
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_DEFERRED_H */
