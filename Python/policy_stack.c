/* Who is acting, here and now?

   The answer is on the stack.  From the innermost frame outwards, frames of
   the standard library are looked through; every dependency that is met
   acts; the walk ends at the innermost application frame, because from
   there on outwards somebody else asked for what the application decided
   to do.  Three more things end it:

   - the body of a dependency's module that is being loaded: the module acts
     for itself, whoever happened to import it first;
   - a mark that says so: C code pushes one where no Python frame can tell
     (see pycore_policy_stack.h);
   - the base of the stack, where the thread remembers who started it.  The
     main thread's base is nobody, that is the application.  A thread that
     native code made has no base, and neither has a stack that does not end
     at the mark with which the thread began (a greenlet's): nobody can be
     named, nothing is granted.

   A generator or a coroutine of the standard library may be resumed by
   anybody; its frame stands for whoever called the function that made it.

   If a policy wants to know who stands beyond the application, the walk goes
   on behind its frames, and policy_beyond.c says what becomes of whom it
   meets there.  A body of the application's is a segment like any other.

   The walk reads interpreter frames only.  It makes no frame objects, takes
   no lock, calls nothing that could run Python code, and looks at each frame
   once: f_executable is valid from the moment a frame is pushed, so frames
   that are not "complete" yet are looked at like any other. */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_intrinsics.h"    // INTRINSIC_IMPORT_STAR
#include "pycore_opcode_metadata.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_greenlet.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_setup.h"  // _PyPolicySetup_Starter()
#include "pycore_policy_stack.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

void
_PyPolicyMark_Push(PyThreadState *tstate, _PyPolicyMark *mark, uint32_t set,
                   bool stop)
{
    /* Of a frame that is the C stack's nothing else is looked at: the
       interpreter does not fill the rest of its own either. */
    _PyInterpreterFrame *f = &mark->frame;
    f->f_executable = _PyPolicyMark_CODE;
    f->previous = tstate->current_frame;
    f->instr_ptr = NULL;
    f->stacktop = 0;
    f->return_offset = 0;
    f->owner = FRAME_OWNED_BY_CSTACK;
    f->policy_tail = 0;
    _PyPrincipal_Appears(set);
    mark->set = set;
    mark->stop = stop;
    mark->own = false;
    mark->anchor = false;
    tstate->current_frame = f;
}

void
_PyPolicyMark_Pop(PyThreadState *tstate, _PyPolicyMark *mark)
{
    assert(tstate->current_frame == &mark->frame);
    tstate->current_frame = mark->frame.previous;
}

void
_PyPolicyMark_PushAnchor(PyThreadState *tstate, _PyPolicyMark *mark)
{
    _PyPolicyMark_Push(tstate, mark, _PyPrincipal_STDLIB, false);
    mark->anchor = true;
    ((_PyThreadStateImpl *)tstate)->policy.anchored = 1;
    _PyPolicyTail_Forget(tstate);
}

void
_PyPolicyMark_PopAnchor(PyThreadState *tstate, _PyPolicyMark *mark)
{
    ((_PyThreadStateImpl *)tstate)->policy.anchored = 0;
    _PyPolicyTail_Forget(tstate);
    _PyPolicyMark_Pop(tstate, mark);
}

void
_PyPolicyStack_SetBase(PyThreadState *tstate, uint32_t set)
{
    _PyPrincipal_Appears(set);
    ((_PyThreadStateImpl *)tstate)->policy.base = set + 1;
    _PyPolicyTail_Forget(tstate);
}

/* Is a stack, whose outermost frame is `last`, not the one that the runtime
   began on this thread, but a greenlet's? */
static inline bool
is_foreign(const struct _PyPolicyThread *thread,
           const _PyInterpreterFrame *last)
{
    return thread->anchored
           && !(last != NULL && last->owner == FRAME_OWNED_BY_CSTACK
                && last->f_executable == _PyPolicyMark_CODE
                && ((const _PyPolicyMark *)last)->anchor);
}

/* Who acts at the base of a stack whose outermost frame is `last`? */
static inline uint32_t
base_of(PyThreadState *tstate, const _PyInterpreterFrame *last)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    return thread->base == 0 || is_foreign(thread, last)
           ? _PyPrincipal_UNKNOWN : thread->base - 1;
}

static inline void
meet(_PyPolicyActing *acting, uint32_t set)
{
    if (acting->set == _PyPrincipal_STDLIB) {
        acting->set = set >= _PyPrincipal_UNKNOWN ? set : _PyPrincipal_STDLIB;
    }
    else if (set != acting->set && set >= _PyPrincipal_UNKNOWN) {
        acting->set = _PyPrincipal_Join(acting->set, set);
    }
}

/* Has the walk not met anybody yet, but for those who stand beyond the
   application for whom it inherits from? */
static inline bool
is_nobody(const _PyPolicyActing *acting, bool strict)
{
    return acting->set == _PyPrincipal_STDLIB
           || (strict
               && _PyPolicyBeyond_Strip(acting->set) == _PyPrincipal_STDLIB);
}

int _PyPolicyStack_Further = 0;

void
_PyPolicyStack_LookFurther(void)
{
    _PyPrincipal_EndAlone();
    _Py_atomic_store_int(&_PyPolicyStack_Further, 1);
}

/* What a walk knows when it has come to some frame. */
typedef struct {
    _PyPolicyActing acting;
    bool built;                 /* `inner` is a builder, which counts only
                                   where nobody else is met */
} Found;

static inline void
meet_also(Found *found, uint32_t set)
{
    if (found->built && set >= _PyPrincipal_UNKNOWN
        && set != found->acting.set)
    {
        found->acting.inner = _PyPrincipal_STDLIB;
        found->built = false;
    }
    meet(&found->acting, set);
}

static _PyPolicyActing
meet_tail(Found found, const struct _PyPolicyTail *tail)
{
    if (found.acting.set == _PyPrincipal_STDLIB) {
        found.acting.inner = tail->inner;
        found.acting.stdlib_body |= tail->stdlib_body;
    }
    meet_also(&found, tail->set);
    return found.acting;
}

static _PyPolicyActing walk_from(PyThreadState *tstate,
                                 _PyInterpreterFrame *f, uint32_t met,
                                 int left, int room);

/* The rest of the walk, from a frame whose tail is not known yet. */
static Py_NO_INLINE _PyPolicyActing
meet_rest(PyThreadState *tstate, _PyInterpreterFrame *f, int room,
          Found found)
{
    _PyPolicyActing rest = walk_from(tstate, f, _PyPrincipal_STDLIB, room,
                                     room);
    return meet_tail(found, _PyPolicyTail_Keep(
        tstate, f, (struct _PyPolicyTail){
            .set = rest.set, .inner = rest.inner,
            .stdlib_body = rest.stdlib_body}));
}

/* Is there anything on the stack but the mark at its bottom? */
static bool
has_code(const _PyInterpreterFrame *f)
{
    while (f != NULL && f->owner == FRAME_OWNED_BY_CSTACK
           && (_PyPolicyMark_Of(f) == NULL || _PyPolicyMark_Of(f)->anchor))
    {
        f = f->previous;
    }
    return f != NULL;
}

/* Frames do not show who is innermost any more where only builders have been
   met above a mark. */
static inline void
meet_mark(Found *found, const _PyPolicyMark *mark, bool beyond)
{
    if (mark->anchor) {
        return;
    }
    if (found->built) {
        found->acting.inner = _PyPrincipal_STDLIB;
        found->built = false;
    }
    meet(&found->acting,
         beyond ? _PyPolicyBeyond_Of(mark->set) : mark->set);
}

/* No set, and no flag of one. */
#define NO_ID UINT32_MAX

/* Who acts, by the stack from this frame outwards, `met` being all who have
   been met above?  Most frames are those of the two principals that were met
   last, and pass by in a few instructions.  When the walk has passed `left`
   frames, it notes where it is, and when it has passed `room` more, it keeps
   the tail of the frame there.

   `strict` (a constant, so that this is two functions): it goes on behind the
   application. */
static inline Py_ALWAYS_INLINE _PyPolicyActing
walk_as(PyThreadState *tstate, _PyInterpreterFrame *f, uint32_t met,
        int left, int room, const bool strict)
{
    Found found = {.acting = {.set = met, .inner = met}}, there;
    uint32_t last = met != _PyPrincipal_STDLIB ? met : NO_ID, previous = NO_ID;
    _PyInterpreterFrame *noted = NULL;
    const _PyInterpreterFrame *outermost = NULL;
    bool beyond = false;
    for (; f != NULL; f = f->previous, left--) {
        uint32_t id;
        if (_PyPolicyTail_IsPlain(f) && left > 0) {
            id = ((PyCodeObject *)f->f_executable)->_co_principal;
            if (id == last || id == previous
                || (id == _PyPrincipal_STDLIB
                    && f->owner == FRAME_OWNED_BY_THREAD))
            {
                continue;
            }
        }
        if (f->owner == FRAME_OWNED_BY_CSTACK) {
            const _PyPolicyMark *mark = _PyPolicyMark_Of(f);
            outermost = f->previous == NULL ? f : NULL;
            if (mark != NULL) {
                meet_mark(&found, mark, beyond);
                if (mark->stop) {
                    return found.acting;
                }
            }
            continue;
        }
        if (f->policy_tail != 0) {
            const struct _PyPolicyTail *tail = _PyPolicyTail_Of(tstate, f);
            if (tail != NULL && !strict) {
                return meet_tail(found, tail);
            }
            f->policy_tail = 0;
        }
        id = ((PyCodeObject *)f->f_executable)->_co_principal;
        uint32_t set = id & _PyPrincipal_SET;
        if (left <= 0 && !strict) {
            if (noted != NULL) {
                return meet_rest(tstate, noted, 2 * room, there);
            }
            if (f->owner == FRAME_OWNED_BY_THREAD
                && set != _PyPrincipal_APPLICATION)
            {
                noted = f;
                there = found;
                left = room;
            }
        }
        if (id == last || id == previous) {
            continue;
        }
        if (id == _PyPrincipal_STDLIB) {
            set = _PyPolicyStack_BuilderOf(f);
            if (set < _PyPrincipal_UNKNOWN) {
                continue;
            }
            if (!beyond && is_nobody(&found.acting, strict)) {
                found.acting.inner = set;
                found.built = true;
            }
            id = set;
        }
        else if (set == _PyPrincipal_STDLIB) {
            if ((id & _PyPrincipal_BODY) && !beyond
                && is_nobody(&found.acting, strict))
            {
                found.acting.stdlib_body = true;
            }
            continue;
        }
        else if (set == _PyPrincipal_APPLICATION) {
            if (!strict || (id & _PyPrincipal_BODY)) {
                return found.acting;
            }
            beyond = true;
            last = id;
            previous = NO_ID;
            continue;
        }
        else if (!beyond && is_nobody(&found.acting, strict)) {
            found.acting.inner = set;
        }
        meet_also(&found, beyond ? _PyPolicyBeyond_Of(set) : set);
        if (id & _PyPrincipal_BODY) {
            return found.acting;
        }
        previous = last;
        last = id;
    }
    uint32_t base = base_of(tstate, outermost);
    meet_also(&found, beyond ? _PyPolicyBeyond_Of(base) : base);
    found.acting.interpreter = base == _PyPrincipal_STDLIB
                               && !has_code(tstate->current_frame);
    return found.acting;
}

static Py_NO_INLINE _PyPolicyActing
walk_from(PyThreadState *tstate, _PyInterpreterFrame *f, uint32_t met,
          int left, int room)
{
    return walk_as(tstate, f, met, left, room, false);
}

static Py_NO_INLINE _PyPolicyActing
walk_beyond(PyThreadState *tstate)
{
    return walk_as(tstate, tstate->current_frame, _PyPrincipal_STDLIB,
                   INT_MAX, INT_MAX, true);
}

/* Who started the process, and who is in a permit's block? */
static Py_NO_INLINE _PyPolicyActing
look_further(PyThreadState *tstate, _PyPolicyActing acting)
{
    meet(&acting, _PyPolicySetup_Starter());
    acting.set = _PyPolicyStack_Narrowed(tstate, acting.set);
    return acting;
}

/* Where a walk begins. */
typedef struct {
    _PyInterpreterFrame *frame;
    uint32_t met;               /* above it */
    int left;                   /* of twice the room */
} Begin;

/* The usual beginning of a stack, and mostly all of it: functions of the
   standard library and of one principal.  Returns whether it ended at the
   application. */
static inline bool
pass_usual(Begin *begin)
{
    _PyInterpreterFrame *f = begin->frame;
    uint32_t met = _PyPrincipal_STDLIB;
    int left = begin->left;
    bool ended = false;
    for (; f != NULL && left > 0 && _PyPolicyTail_IsPlain(f);
         f = f->previous, left--)
    {
        uint32_t id = ((PyCodeObject *)f->f_executable)->_co_principal;
        if (id == _PyPrincipal_STDLIB ? f->owner == FRAME_OWNED_BY_THREAD
                                      : id == met)
        {
            continue;
        }
        if (met != _PyPrincipal_STDLIB || id < _PyPrincipal_UNKNOWN
            || id > _PyPrincipal_SET)
        {
            ended = id == _PyPrincipal_APPLICATION;
            break;
        }
        met = id;
    }
    if (left > 0) {
        /* A deep one is walked from its top, to keep a tail near by. */
        *begin = (Begin){f, met, left};
    }
    return ended;
}

/* Is that all of it?  Then whoever is met is known from the frame at the top
   from now on, if that took a while. */
static inline bool
is_usual(PyThreadState *tstate, Begin *begin)
{
    *begin = (Begin){tstate->current_frame, _PyPrincipal_STDLIB,
                     2 * _PyPolicyTail_ROOM};
    bool ended = pass_usual(begin);
    if (ended
        && 2 * _PyPolicyTail_ROOM - begin->left >= _PyPolicyTail_WORTH)
    {
        _PyPolicyTail_KeepTop(tstate, begin->met);
    }
    return ended;
}

bool
_PyPolicyStack_LooksUsual(PyThreadState *tstate, uint32_t *met)
{
    Begin begin;
    bool usual = is_usual(tstate, &begin);
    *met = begin.met;
    return usual;
}

_PyPolicyActing
_PyPolicyStack_Acting(PyThreadState *tstate)
{
    if (_PyPolicyStack_IsAlone(tstate)) {
        return _PyPolicyStack_Usual(_PyPrincipal_STDLIB);
    }
    bool further = _Py_atomic_load_int_relaxed(&_PyPolicyStack_Further);
    _PyPolicyActing acting;
    if (_PyPolicyBeyond_Wanted) {
        acting = walk_beyond(tstate);
    }
    else {
        Begin begin;
        if (!further && _PyPolicyTail_KnowsTop(tstate, &begin.met)) {
            return _PyPolicyStack_Usual(begin.met);
        }
        if (is_usual(tstate, &begin) && !further) {
            return _PyPolicyStack_Usual(begin.met);
        }
        bool kept = _PyPolicyTail_AreKept(tstate);
        acting = walk_from(tstate, begin.frame, begin.met,
                           kept ? begin.left / 2 : INT_MAX,
                           kept ? _PyPolicyTail_ROOM : INT_MAX);
    }
    acting.nobody = acting.set == _PyPrincipal_STDLIB;
    return further ? look_further(tstate, acting) : acting;
}

/* The usual case of what _PyPolicyStack_Acting() finds out, without going to
   the base. */
bool
_PyPolicyStack_StdlibBody(PyThreadState *tstate)
{
    _PyInterpreterFrame *f = tstate->current_frame;
    for (; f != NULL; f = f->previous) {
        if (f->owner == FRAME_OWNED_BY_CSTACK) {
            if (_PyPolicyMark_Of(f) != NULL) {
                return false;
            }
            continue;
        }
        if (f->policy_tail != 0) {
            const struct _PyPolicyTail *tail = _PyPolicyTail_Of(tstate, f);
            if (tail != NULL) {
                return tail->stdlib_body;
            }
        }
        uint32_t id = ((PyCodeObject *)f->f_executable)->_co_principal;
        if ((id & _PyPrincipal_SET) != _PyPrincipal_STDLIB
            || _PyPolicyStack_BuilderOf(f) != _PyPrincipal_STDLIB)
        {
            return false;
        }
        if (id & _PyPrincipal_BODY) {
            return true;
        }
    }
    return false;
}

/* Permits hold for whoever runs in their blocks, so they are looked for
   behind the frames that end the walk, up to the segment's base, which has
   inherited its own. */
static uint32_t
join_blocks(PyThreadState *tstate, uint32_t set)
{
    const _PyInterpreterFrame *f = tstate->current_frame, *last = NULL;
    bool blocks = _Py_atomic_load_int_relaxed(&_PyPolicy_Blocks) > 0;
    for (; f != NULL; last = f, f = f->previous) {
        if (f->owner != FRAME_OWNED_BY_CSTACK) {
            if (blocks) {
                set = _PyPolicyScope_JoinFrame(set, f);
            }
            continue;
        }
        const _PyPolicyMark *mark = _PyPolicyMark_Of(f);
        if (mark != NULL) {
            set = _PyPrincipal_Join(set, _PyPolicyNarrow_PermitsOf(mark->set));
            if (mark->stop) {
                return set;
            }
        }
    }
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    if (is_foreign(thread, last)) {
        if (blocks) {
            set = _PyPolicyScope_JoinThread(set, tstate);
        }
        set = _PyPolicyGreenlet_Join(set);
    }
    if (thread->base != 0) {
        set = _PyPrincipal_Join(set,
                                _PyPolicyNarrow_PermitsOf(thread->base - 1));
    }
    return set;
}

uint32_t
_PyPolicyStack_Narrowed(PyThreadState *tstate, uint32_t set)
{
    return _PyPolicyNarrow_IsUsed() ? join_blocks(tstate, set) : set;
}

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
            within |= id == _PyPrincipal_STDLIB;
            set = id & _PyPrincipal_SET;
            if (set == _PyPrincipal_STDLIB) {
                set = _PyPolicyNarrow_Strip(_PyPolicyStack_BuilderOf(f));
            }
        }
        if (set != _PyPrincipal_STDLIB) {
            return set;
        }
    }
    uint32_t base = _PyPolicyNarrow_Strip(base_of(tstate, outermost));
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

/* The innermost frame that has code, from f on; NULL when a mark is nearer. */
static const _PyInterpreterFrame *
with_code(const _PyInterpreterFrame *f)
{
    while (f != NULL && f->owner == FRAME_OWNED_BY_CSTACK
           && _PyPolicyMark_Of(f) == NULL)
    {
        f = f->previous;
    }
    return f != NULL && f->owner != FRAME_OWNED_BY_CSTACK ? f : NULL;
}

bool
_PyPolicyStack_IsOwn(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    while (f != NULL && f->owner == FRAME_OWNED_BY_CSTACK
           && _PyPolicyMark_Of(f) == NULL)
    {
        f = f->previous;
    }
    return f != NULL && f->owner == FRAME_OWNED_BY_CSTACK
           && _PyPolicyMark_Of(f)->own;
}

static PyCodeObject *
innermost_code(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = with_code(tstate->current_frame);
    return f != NULL ? (PyCodeObject *)f->f_executable : NULL;
}

/* Where in its innermost code a thread is. */
static int
innermost_at(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = with_code(tstate->current_frame);
    return (int)(f->instr_ptr - _PyCode_CODE((PyCodeObject *)f->f_executable));
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
    PyCodeObject *code = innermost_code(tstate);
    if (code == NULL) {
        return _PyPrincipal_UNKNOWN;
    }
    int opcode = _Py_GetBaseOpcode(code, innermost_at(tstate));
    return opcode == STORE_ATTR || opcode == DELETE_ATTR
           ? code->_co_principal & _PyPrincipal_SET : _PyPrincipal_UNKNOWN;
}

bool
_PyPolicyStack_StoresInGlobal(PyThreadState *tstate)
{
    return is_global(innermost_code(tstate), innermost_at(tstate));
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
_PyPolicyStack_StdlibFile(PyThreadState *tstate, const char *const *files)
{
    PyCodeObject *code = innermost_code(tstate);
    if (code == NULL
        || (code->_co_principal & _PyPrincipal_SET) != _PyPrincipal_STDLIB)
    {
        return false;
    }
    const char *file = PyUnicode_AsUTF8(code->co_filename);
    if (file == NULL) {
        PyErr_Clear();
        return false;
    }
    for (size_t n = strlen(file); *files != NULL; files++) {
        size_t k = strlen(*files);
        if (n > k && strcmp(file + n - k, *files) == 0) {
            return true;
        }
    }
    return false;
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

bool
_PyPolicyStack_IsEmpty(PyThreadState *tstate)
{
    return !has_code(tstate->current_frame);
}

/* --- For messages ------------------------------------------------------- */

static bool
add_step(_PyPolicyStep *steps, size_t *n, size_t max, uint32_t set,
         PyCodeObject *code, int line)
{
    if (*n > 0 && steps[*n - 1].set == set) {
        return true;
    }
    if (*n == max) {
        return false;
    }
    steps[(*n)++] = (_PyPolicyStep){.set = set, .code = code, .line = line};
    return true;
}

size_t
_PyPolicyStack_Chain(PyThreadState *tstate, _PyPolicyStep *steps, size_t max)
{
    size_t n = 0;
    _PyInterpreterFrame *f = tstate->current_frame;
    const _PyInterpreterFrame *outermost = NULL;
    for (; f != NULL; outermost = f, f = f->previous) {
        if (f->owner == FRAME_OWNED_BY_CSTACK) {
            const _PyPolicyMark *mark = _PyPolicyMark_Of(f);
            uint32_t by = mark ? _PyPolicyNarrow_Strip(mark->set)
                               : _PyPrincipal_STDLIB;
            if (by != _PyPrincipal_STDLIB) {
                add_step(steps, &n, max, by, NULL, 0);
            }
            continue;
        }
        PyCodeObject *code = (PyCodeObject *)f->f_executable;
        uint32_t set = code->_co_principal & _PyPrincipal_SET;
        if (set == _PyPrincipal_STDLIB) {
            set = _PyPolicyNarrow_Strip(_PyPolicyStack_BuilderOf(f));
            if (set != _PyPrincipal_STDLIB) {
                add_step(steps, &n, max, set, NULL, 0);
            }
            continue;
        }
        int at = (int)(f->instr_ptr - _PyCode_CODE(code));
        int line = PyCode_Addr2Line(code, at * (int)sizeof(_Py_CODEUNIT));
        if (!add_step(steps, &n, max, set, code, line)
            || (set == _PyPrincipal_APPLICATION && !_PyPolicyBeyond_Wanted))
        {
            return n;
        }
        /* Who imported a module whose body acts is no part of the verdict,
           but it is where the reader finds a name that he knows. */
    }
    uint32_t base = _PyPolicyNarrow_Strip(base_of(tstate, outermost));
    if (base != _PyPrincipal_STDLIB) {
        add_step(steps, &n, max, base, NULL, 0);
    }
    return n;
}
