/* Who is acting, here and now?

   The answer is on the stack.  From the innermost frame outwards, frames of
   the standard library are looked through; every dependency that is met
   acts; the walk ends at the innermost application frame, because from
   there on outwards somebody else asked for what the application decided
   to do.  Three more things end it:

   - the body of a dependency's module that is being loaded: the module acts
     for itself, whoever happened to import it first;
   - a mark that says so: C code pushes one where no Python frame can tell
     (policy_mark.c);
   - the base of the stack, where the thread remembers who started it
     (policy_stack_base.c).

   A coroutine, and a generator of the standard library, may be resumed by
   anybody; its frame stands for whoever called the function that made it, too.

   If a policy wants to know who stands beyond the application, the walk goes
   on behind its frames, and policy_beyond.c says what becomes of whom it
   meets there.  A body of the application's is a segment like any other.

   The walk reads interpreter frames only.  It makes no frame objects, takes
   no lock, calls nothing that could run Python code, and looks at each frame
   once: f_executable is valid from the moment a frame is pushed, so frames
   that are not "complete" yet are looked at like any other. */

#include "Python.h"
#include "pycore_bitutils.h"      // _Py_bit_length()
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_beyond.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_setup.h"  // _PyPolicySetup_Starter()
#include "pycore_policy_stack.h"
#include "pycore_policy_stack_base.h"
#include "pycore_policy_stack_found.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

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

/* Who has been met above a frame, and who is innermost of them. */
typedef struct {
    uint32_t set, inner;
} Met;

static _PyPolicyActing walk_from(PyThreadState *tstate,
                                 _PyInterpreterFrame *f, Met met,
                                 int left, int room);

/* The rest of the walk, from a frame whose tail is not known yet. */
static Py_NO_INLINE _PyPolicyActing
meet_rest(PyThreadState *tstate, _PyInterpreterFrame *f, int room,
          Found found)
{
    _PyPolicyActing rest = walk_from(tstate, f, (Met){0}, room, room);
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

/* Who acts, by the stack from this frame outwards, `met` being who has been
   met above?  Most frames are those of the two principals that were met
   last, and pass by in a few instructions.  When the walk has passed `left`
   frames, it notes where it is, and when it has passed `room` more, it keeps
   the tail of the frame there.

   `strict` (a constant, so that this is two functions): it goes on behind the
   application. */
static inline Py_ALWAYS_INLINE _PyPolicyActing
walk_as(PyThreadState *tstate, _PyInterpreterFrame *f, Met met,
        int left, int room, const bool strict)
{
    Found found = {.acting = {.set = met.set, .inner = met.inner}}, there;
    uint32_t last = NO_ID, previous = NO_ID;
    _PyInterpreterFrame *noted = NULL;
    const _PyInterpreterFrame *outermost = NULL;
    bool beyond = false;
    for (; f != NULL; f = f->previous, left--) {
        uint32_t id;
        if (_PyPolicyTail_IsPlain(f) && left > 0) {
            id = ((PyCodeObject *)f->f_executable)->_co_principal;
            if (f->owner == FRAME_OWNED_BY_THREAD
                && (id == last || id == previous || id == _PyPrincipal_STDLIB))
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
                && set != _PyPrincipal_APPLICATION
                && !(id & _PyPrincipal_LOOKS))
            {
                noted = f;
                there = found;
                left = room;
            }
        }
        uint32_t builder = _PyPolicyStack_BuilderOf(f);
        if (builder == _PyPrincipal_STDLIB && (id == last || id == previous)) {
            continue;
        }
        if (set == _PyPrincipal_STDLIB) {
            const _PyPolicyMark *mark = id & _PyPrincipal_LOOKS
                                        ? _PyPolicyStack_FoundBy(tstate, f)
                                        : NULL;
            if (mark != NULL) {
                meet_mark(&found, mark, beyond);
                return found.acting;
            }
            if ((id & _PyPrincipal_BODY) && !beyond
                && is_nobody(&found.acting, strict))
            {
                found.acting.stdlib_body = true;
            }
            if (builder < _PyPrincipal_UNKNOWN) {
                continue;
            }
            if (!beyond && is_nobody(&found.acting, strict)) {
                found.acting.inner = builder;
                found.built = true;
            }
            id = set = builder;
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
        if (builder >= _PyPrincipal_UNKNOWN && builder != set) {
            meet_also(&found, beyond ? _PyPolicyBeyond_Of(builder) : builder);
        }
        previous = last;
        last = id;
    }
    uint32_t base = _PyPolicyStack_BaseOf(tstate, outermost);
    meet_also(&found, beyond ? _PyPolicyBeyond_Of(base) : base);
    found.acting.interpreter = base == _PyPrincipal_STDLIB
                               && !has_code(tstate->current_frame);
    return found.acting;
}

static Py_NO_INLINE _PyPolicyActing
walk_from(PyThreadState *tstate, _PyInterpreterFrame *f, Met met,
          int left, int room)
{
    return walk_as(tstate, f, met, left, room, false);
}

static Py_NO_INLINE _PyPolicyActing
walk_beyond(PyThreadState *tstate)
{
    _PyPolicyActing acting = walk_as(tstate, tstate->current_frame, (Met){0},
                                     INT_MAX, INT_MAX, true);
    acting.nobody = acting.set == _PyPrincipal_STDLIB;
    return acting;
}

/* Who started the process, and who is in a permit's block? */
static Py_NO_INLINE _PyPolicyActing
look_further(PyThreadState *tstate, _PyPolicyActing acting)
{
    meet(&acting, _PyPolicySetup_Starter());
    acting.set = _PyPolicyStack_Narrowed(tstate, acting.set);
    return acting;
}

/* What a walk has come to. */
typedef struct {
    _PyInterpreterFrame *frame; /* where it goes on */
    uint32_t set;               /* all who have been met above it */
    uint32_t inner;             /* as in _PyPolicyActing */
    int left;                   /* of PASSED */
} Begin;

/* So many frames are passed in search of the end, or one that is known. */
#define PASSED (3 * _PyPolicyTail_ROOM)

/* Who has been met, without having to say at once what set that is: ids of
   sets that are small, as most are, each by a bit, STDLIB always; and the
   others joined. */
typedef struct {
    uint64_t seen[_PyPolicy_SEEN_WORDS];
    uint32_t others;
    bool any;                   /* but STDLIB */
} Seen;

#define N_SEEN (64 * _PyPolicy_SEEN_WORDS)

static inline bool
is_seen(const Seen *met, uint32_t id)
{
    return id < N_SEEN && (met->seen[id / 64] >> id % 64 & 1);
}

/* The application is never seen, for it ends the walk each time. */
static inline void
see(Seen *met, uint32_t id)
{
    if (id < _PyPrincipal_UNKNOWN) {
        return;
    }
    met->any = true;
    if (id < N_SEEN) {
        met->seen[id / 64] |= (uint64_t)1 << id % 64;
    }
    else {
        met->others = _PyPrincipal_Join(met->others, id);
    }
}

/* Of a number that is not zero: which is the lowest bit that it has? */
static inline uint32_t
first_bit(uint64_t number)
{
    uint64_t low = number & (0 - number);
    uint32_t half = (uint32_t)(low >> 32);
    return half ? 31 + (uint32_t)_Py_bit_length(half)
                : (uint32_t)_Py_bit_length((uint32_t)low) - 1;
}

static Py_NO_INLINE uint32_t
join_seen(struct _PyPolicySeen *kept, const uint64_t *seen)
{
    uint32_t set = _PyPrincipal_STDLIB;
    for (uint32_t i = 0; i < _PyPolicy_SEEN_WORDS; i++) {
        uint64_t rest = i == 0 ? seen[0] & ~(uint64_t)1 : seen[i];
        for (; rest != 0; rest &= rest - 1) {
            set = _PyPrincipal_Join(set, 64 * i + first_bit(rest));
        }
    }
    if (set != _PyPrincipal_UNKNOWN) {
        memcpy(kept->seen, seen, sizeof(kept->seen));
        kept->set = set;
    }
    return set;
}

/* Which sets have been joined to which is the same for ever, so each thread
   keeps a few of them. */
static inline uint32_t
set_seen(PyThreadState *tstate, const Seen *met)
{
    if (!met->any) {
        return _PyPrincipal_STDLIB;
    }
    uint64_t mixed = 0;
    for (int i = _PyPolicy_SEEN_WORDS - 1; i >= 0; i--) {
        mixed = (mixed ^ met->seen[i]) * 0x9E3779B97F4A7C15u;
    }
    struct _PyPolicySeen *kept = &((_PyThreadStateImpl *)tstate)->policy.seen[
        mixed >> (64 - _PyPolicy_SEEN_BITS)];
    uint32_t set = memcmp(kept->seen, met->seen, sizeof(kept->seen)) == 0
                   ? kept->set : join_seen(kept, met->seen);
    return met->others == _PyPrincipal_STDLIB
           ? set : _PyPrincipal_Join(set, met->others);
}

/* The usual beginning of a stack, and mostly all of it: functions and
   coroutines down to the application, to a mark that ends the walk, or to a
   frame that is known.  Returns whether that is all; else the walk goes on
   from *begin, with what is less usual.

   `alone` (a constant, so that this is two functions): who acts is all that
   matters, and not who of them is innermost. */
static inline Py_ALWAYS_INLINE bool
pass_usual(PyThreadState *tstate, Begin *begin, const bool alone)
{
    _PyInterpreterFrame *f = tstate->current_frame;
    uint32_t inner = _PyPrincipal_STDLIB;
    Seen met = {.seen = {1}};
    int left = PASSED;
    bool all = false;
    for (; f != NULL && left > 0; f = f->previous, left--) {
        if (_PyPolicyTail_IsPlainOwn(f)) {
            uint32_t id = ((PyCodeObject *)f->f_executable)->_co_principal;
            if (is_seen(&met, id)) {
                continue;
            }
        }
        else if (f->owner == FRAME_OWNED_BY_CSTACK) {
            const _PyPolicyMark *mark = _PyPolicyMark_Of(f);
            if (f->previous == NULL) {
                break;          /* and the base tells who acts */
            }
            if (mark == NULL) {
                continue;
            }
            see(&met, mark->set);
            all = mark->stop;
            if (all) {
                break;
            }
            continue;
        }
        else if (!_PyPolicyTail_IsPlain(f)) {
            const struct _PyPolicyTail *tail = _PyPolicyTail_Of(tstate, f);
            if (tail != NULL) {
                all = !tail->stdlib_body;
                if (all) {
                    inner = met.any ? inner : tail->inner;
                    see(&met, tail->set);
                }
                break;
            }
            f->policy_tail = 0;
        }
        uint32_t id = ((PyCodeObject *)f->f_executable)->_co_principal;
        uint32_t builder = _PyPolicyStack_BuilderOf(f);
        if (is_seen(&met, id) && is_seen(&met, builder)) {
            continue;
        }
        all = id == _PyPrincipal_APPLICATION;
        if (all || id > _PyPrincipal_SET) {
            break;              /* a body, or the import system */
        }
        if (!met.any) {
            if (!alone && id == _PyPrincipal_STDLIB) {
                break;          /* a builder, who may be innermost, or not */
            }
            inner = id;
        }
        see(&met, id);
        see(&met, builder);
    }
    *begin = (Begin){f, set_seen(tstate, &met), inner, left};
    return all;
}

/* Whoever was met is known from the frame at the top from now on: unless it
   took less than to remember it, or nobody is known to be innermost of them,
   as where the walk did not ask. */
static inline void
keep_top(PyThreadState *tstate, uint32_t set, uint32_t inner, int passed)
{
    if (passed >= _PyPolicyTail_WORTH
        && (inner != _PyPrincipal_STDLIB || set == _PyPrincipal_STDLIB))
    {
        _PyPolicyTail_KeepTop(tstate, set, inner);
    }
}

/* Is that all of it? */
static inline Py_ALWAYS_INLINE bool
is_usual(PyThreadState *tstate, Begin *begin, const bool alone)
{
    bool all = pass_usual(tstate, begin, alone);
    if (all) {
        keep_top(tstate, begin->set, begin->inner, PASSED - begin->left);
    }
    return all;
}

/* Does who acts depend on what the frame at the top calls? */
static bool
calls_found(PyThreadState *tstate)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    return f != NULL && f->owner != FRAME_OWNED_BY_CSTACK
           && (((PyCodeObject *)f->f_executable)->_co_principal
               & _PyPrincipal_LOOKS);
}

/* The rest of a stack that is not usual, or too deep to tell in its room: that
   one is walked from its top, to keep a tail near by.  Where it soon met a
   frame that is known, that one is to stay known, which may be the top again
   before long. */
static Py_NO_INLINE _PyPolicyActing
walk_on(PyThreadState *tstate, const Begin *begin)
{
    static const Begin top = {.left = PASSED};
    bool kept = _PyPolicyTail_AreKept(tstate);
    _PyInterpreterFrame *f = begin->frame;
    if (begin->left == 0) {
        begin = &top;
        f = tstate->current_frame;
    }
    _PyPolicyActing acting = walk_from(
        tstate, f, (Met){begin->set, begin->inner},
        kept ? _PyPolicyTail_ROOM * begin->left / PASSED : INT_MAX,
        kept ? _PyPolicyTail_ROOM : INT_MAX);
    acting.nobody = acting.set == _PyPrincipal_STDLIB;
    if (!acting.interpreter && !acting.stdlib_body && !calls_found(tstate)) {
        keep_top(tstate, acting.set, acting.inner,
                 f == tstate->current_frame
                 || begin->left <= PASSED - _PyPolicyTail_ROOM
                 ? _PyPolicyTail_ROOM : 0);
    }
    return acting;
}

bool
_PyPolicyStack_LooksUsual(PyThreadState *tstate, uint32_t *met)
{
    Begin begin;
    bool usual = is_usual(tstate, &begin, false);
    *met = begin.set;
    return usual && begin.set == begin.inner;
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
        const struct _PyPolicyTail *top = further ? NULL
                                          : _PyPolicyTail_OfTop(tstate);
        if (top != NULL) {
            begin.set = top->set;
            begin.inner = top->inner;
        }
        if (top != NULL || is_usual(tstate, &begin, false)) {
            acting = _PyPolicyStack_Usual(begin.set);
            acting.inner = begin.inner;
        }
        else {
            acting = walk_on(tstate, &begin);
        }
    }
    return further ? look_further(tstate, acting) : acting;
}

uint32_t
_PyPolicyStack_Set(PyThreadState *tstate, bool *stdlib_body)
{
    Begin begin;
    *stdlib_body = false;
    if (_Py_atomic_load_int_relaxed(&_PyPolicyStack_Further)
        || _PyPolicyBeyond_Wanted || _PyPolicyStack_IsAlone(tstate))
    {
        _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
        *stdlib_body = acting.stdlib_body;
        return acting.set;
    }
    const struct _PyPolicyTail *top = _PyPolicyTail_OfTop(tstate);
    if (top != NULL) {
        return top->set;
    }
    if (is_usual(tstate, &begin, true)) {
        return begin.set;
    }
    _PyPolicyActing acting = walk_on(tstate, &begin);
    *stdlib_body = acting.stdlib_body;
    return acting.set;
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
            || _PyPolicyStack_IsBuilt(f)
            || _PyPolicyStack_FoundBy(tstate, f) != NULL)
        {
            return false;
        }
        if (id & _PyPrincipal_BODY) {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyStack_IsEmpty(PyThreadState *tstate)
{
    return !has_code(tstate->current_frame);
}
