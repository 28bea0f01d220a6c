/* Who acts, where the stack is as most are?

   Most stacks are functions and coroutines of a few principals, down to the
   application or to a frame from which on it is known who acts.  They are
   passed here, in some ten instructions a frame.  What is less usual
   (bodies of modules, functions of which it matters what they call, the base
   of a stack) is walked from where it begins, by policy_stack.c.

   Called by: all who judge, or note who acts. */

#include "Python.h"
#include "pycore_bitutils.h"      // _Py_bit_length()
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_beyond.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_stack.h"
#include "pycore_policy_stack_walk.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

/* So many frames are passed in search of the end, or one that is known. */
#define PASSED (4 * _PyPolicyTail_ROOM)

/* Who has been met, without having to say at once what set that is: ids of
   sets that are small, as most are, each by a bit, STDLIB always.  Two words
   and not an array, so that they stay in registers. */
typedef struct {
    uint64_t low, high;
} Seen;

/* What a walk has come to. */
typedef struct {
    _PyInterpreterFrame *frame; /* where it goes on */
    uint32_t inner;             /* as in _PyPolicyActing */
    int left;                   /* of PASSED */
    bool known;                 /* what is behind the frame is known */
} Begin;

static inline bool
is_seen(const Seen *met, uint32_t id)
{
    return id < 64 ? met->low >> id & 1
           : id < 128 && (met->high >> (id - 64) & 1);
}

/* Returns whether the id is small enough.  The application is never seen, for
   it ends the walk each time. */
static inline bool
see(Seen *met, uint32_t id)
{
    if (id < 64) {
        met->low |= (uint64_t)(id != _PyPrincipal_APPLICATION) << id;
    }
    else if (id < 128) {
        met->high |= (uint64_t)1 << (id - 64);
    }
    return id < 128;
}

/* Anybody but STDLIB? */
static inline bool
have_met(const Seen *met)
{
    return ((met->low ^ 1) | met->high) != 0;
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

static uint32_t
join_bits(uint32_t set, uint64_t bits, uint32_t first)
{
    for (; bits != 0; bits &= bits - 1) {
        set = _PyPrincipal_Join(set, first + first_bit(bits));
    }
    return set;
}

/* Which sets have been joined to which is the same for ever, so each thread
   keeps a few of them. */
static inline struct _PyPolicySeen *
place_of(PyThreadState *tstate, const Seen *met)
{
    uint64_t mixed = (met->low ^ met->high * 0xD6E8FEB86659FD93u)
                     * 0x9E3779B97F4A7C15u;
    return &((_PyThreadStateImpl *)tstate)->policy.seen[
        mixed >> (64 - _PyPolicy_SEEN_BITS)];
}

static inline bool
is_kept(const struct _PyPolicySeen *kept, const Seen *met)
{
    return kept->low == met->low && kept->high == met->high;
}

static Py_NO_INLINE uint32_t
join_seen(PyThreadState *tstate, Seen met)
{
    uint32_t set = join_bits(join_bits(_PyPrincipal_STDLIB, met.low ^ 1, 0),
                             met.high, 64);
    if (set != _PyPrincipal_UNKNOWN) {
        *place_of(tstate, &met) = (struct _PyPolicySeen){
            .low = met.low, .high = met.high, .set = set,
        };
    }
    return set;
}

static inline uint32_t
set_seen(PyThreadState *tstate, Seen met)
{
    if (!have_met(&met)) {
        return _PyPrincipal_STDLIB;
    }
    const struct _PyPolicySeen *kept = place_of(tstate, &met);
    return is_kept(kept, &met) ? kept->set : join_seen(tstate, met);
}

/* The usual beginning of a stack, and mostly all of it: functions and
   coroutines down to the application, to a mark that ends the walk, or to a
   frame that is known.  Returns whether that is all; else the walk goes on
   from *begin, *seen being who has been met above, with what is less usual.
   It calls nothing, and writes the two in the end only, so that both are held
   in registers.

   `alone` (a constant, so that this is two functions): who acts is all that
   matters, and not who of them is innermost. */
static inline Py_ALWAYS_INLINE bool
pass_usual(PyThreadState *tstate, _PyInterpreterFrame *f, Begin *begin,
           Seen *seen, const bool alone)
{
    Seen met = {.low = 1};
    uint32_t last = _PyPrincipal_STDLIB, inner = _PyPrincipal_STDLIB;
    int left = PASSED;
    bool all = false, known = false;
    for (; left != 0 && f != NULL; f = f->previous, left--) {
        uint32_t id, builder = _PyPrincipal_STDLIB;
        if (_PyPolicyTail_IsPlainOwn(f)) {
            id = ((PyCodeObject *)f->f_executable)->_co_principal;
            if (id == last) {
                continue;       /* as most are */
            }
            if (is_seen(&met, id)) {
                last = id;
                continue;
            }
        }
        else if (_PyPolicyTail_IsPlainGenerator(f)) {
            id = ((PyCodeObject *)f->f_executable)->_co_principal;
            builder = _PyFrame_GetGenerator(f)->_gi_principal;
            if (is_seen(&met, id)
                && (builder == _PyPrincipal_STDLIB || is_seen(&met, builder)))
            {
                last = id;
                continue;
            }
        }
        else if (f->owner == FRAME_OWNED_BY_CSTACK) {
            const _PyPolicyMark *mark = _PyPolicyMark_Of(f);
            if (mark == NULL && f->previous != NULL) {
                continue;
            }
            if (f->previous == NULL || !see(&met, mark->set)) {
                break;          /* at the base, which tells who acts */
            }
            all = mark->stop;
            if (all) {
                break;
            }
            continue;
        }
        else {
            if (!_PyPolicyTail_IsPlain(f)) {
                const struct _PyPolicyTail *tail = _PyPolicyTail_Entry(tstate,
                                                                       f);
                if (tail != NULL) {
                    bool any = have_met(&met);
                    all = known =
                        _PyPolicyTail_IsNear(tstate, f) && !tail->stdlib_body
                        && see(&met, tail->set);
                    inner = known && !any ? tail->inner : inner;
                    break;
                }
                f->policy_tail = 0;
            }
            id = ((PyCodeObject *)f->f_executable)->_co_principal;
            builder = _PyPolicyStack_BuilderOf(f);
        }
        all = id == _PyPrincipal_APPLICATION;
        if (all || id > _PyPrincipal_SET) {
            break;              /* a body, or the import system */
        }
        if (!have_met(&met)) {
            if (!alone && id == _PyPrincipal_STDLIB) {
                break;          /* a builder, who may be innermost, or not */
            }
            inner = id;
        }
        if (!see(&met, id) || !see(&met, builder)) {
            break;
        }
        last = id;
    }
    *seen = met;
    *begin = (Begin){f, inner, left, known};
    return all;
}

/* Whoever was met is known from the first frame on from now on: unless it
   took less than to remember it, or nobody is known to be innermost of them,
   as where the walk did not ask.  Where it is asked in passing, a frame near
   by that was known before stays so. */
static inline void
keep_first(PyThreadState *tstate, _PyInterpreterFrame *first,
           Begin begin, uint32_t set, const bool alone)
{
    int worth = !alone ? _PyPolicyTail_WORTH
                : begin.known ? _PyPolicyTail_ROOM : _PyPolicyTail_WORTH_ALONE;
    if (PASSED - begin.left >= worth
        && (begin.inner != _PyPrincipal_STDLIB || set == _PyPrincipal_STDLIB))
    {
        _PyPolicyTail_KeepTop(tstate, first, set, begin.inner);
    }
}

/* Does who acts depend on what a frame calls? */
static bool
calls_found(const _PyInterpreterFrame *f)
{
    return f != NULL && f->owner != FRAME_OWNED_BY_CSTACK
           && (((PyCodeObject *)f->f_executable)->_co_principal
               & _PyPrincipal_LOOKS);
}

/* The rest of a stack that is not usual, or too deep to tell in its room:
   that one is walked from its first frame, to keep a tail near by.  Where it
   soon met a frame that is known, that one is to stay known, which may be the
   top again before long. */
static Py_NO_INLINE _PyPolicyActing
walk_on(PyThreadState *tstate, _PyInterpreterFrame *first, Begin begin,
        Seen seen)
{
    bool kept = _PyPolicyTail_AreKept(tstate);
    _PyPolicyMet met = {set_seen(tstate, seen), begin.inner};
    if (begin.left == 0) {
        met = (_PyPolicyMet){0};
        begin.left = PASSED;
        begin.frame = first;
    }
    _PyPolicyActing acting = _PyPolicyStack_WalkFrom(
        tstate, begin.frame, met,
        kept ? _PyPolicyTail_ROOM * begin.left / PASSED : INT_MAX,
        kept ? _PyPolicyTail_ROOM : INT_MAX);
    acting.nobody = acting.set == _PyPrincipal_STDLIB;
    if ((begin.frame == first || begin.left <= PASSED - _PyPolicyTail_ROOM)
        && !acting.interpreter && !acting.stdlib_body && !calls_found(first)
        && (acting.inner != _PyPrincipal_STDLIB || acting.nobody))
    {
        _PyPolicyTail_KeepTop(tstate, first, acting.set, acting.inner);
    }
    return acting;
}

bool
_PyPolicyStack_LooksUsual(PyThreadState *tstate, uint32_t *met)
{
    _PyInterpreterFrame *first = tstate->current_frame;
    Begin begin;
    Seen seen;
    bool all = pass_usual(tstate, first, &begin, &seen, false);
    *met = set_seen(tstate, seen);
    if (all) {
        keep_first(tstate, first, begin, *met, false);
    }
    return all && *met == begin.inner;
}

/* The walk that ends at the application, of who acts by the stack alone. */
static inline _PyPolicyActing
walk_near(PyThreadState *tstate, bool further)
{
    _PyInterpreterFrame *first = tstate->current_frame;
    const struct _PyPolicyTail *top =
        further ? NULL : _PyPolicyTail_OfFirst(tstate, first);
    uint32_t set, inner;
    if (top != NULL) {
        set = top->set;
        inner = top->inner;
    }
    else {
        Begin begin;
        Seen seen;
        if (!pass_usual(tstate, first, &begin, &seen, false)) {
            return walk_on(tstate, first, begin, seen);
        }
        set = set_seen(tstate, seen);
        inner = begin.inner;
        keep_first(tstate, first, begin, set, false);
    }
    return (_PyPolicyActing){
        .set = set, .inner = inner, .nobody = set == _PyPrincipal_STDLIB,
    };
}

_PyPolicyActing
_PyPolicyStack_Acting(PyThreadState *tstate)
{
    if (_PyPolicyStack_IsAlone(tstate)) {
        return _PyPolicyStack_Usual(_PyPrincipal_STDLIB);
    }
    bool further = _Py_atomic_load_int_relaxed(&_PyPolicyStack_Further);
    _PyPolicyActing acting = _PyPolicyBeyond_Wanted
                             ? _PyPolicyStack_WalkBeyond(tstate)
                             : walk_near(tstate, further);
    return further ? _PyPolicyStack_WithOthers(tstate, acting) : acting;
}

/* What frames do not tell alone. */
static Py_NO_INLINE uint32_t
set_further(PyThreadState *tstate, bool *stdlib_body)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    *stdlib_body = acting.stdlib_body;
    return acting.set;
}

static Py_NO_INLINE uint32_t
set_rest(PyThreadState *tstate, _PyInterpreterFrame *first, Begin begin,
         Seen seen, bool *stdlib_body)
{
    _PyPolicyActing acting = walk_on(tstate, first, begin, seen);
    *stdlib_body = acting.stdlib_body;
    return acting.set;
}

static Py_NO_INLINE uint32_t
set_joined(PyThreadState *tstate, _PyInterpreterFrame *first, Begin begin,
           Seen seen)
{
    uint32_t set = join_seen(tstate, seen);
    keep_first(tstate, first, begin, set, true);
    return set;
}

static inline Py_ALWAYS_INLINE uint32_t
set_from(PyThreadState *tstate, _PyInterpreterFrame *first, bool *stdlib_body)
{
    const struct _PyPolicyTail *top = _PyPolicyTail_OfFirst(tstate, first);
    if (top != NULL) {
        return top->set;
    }
    Begin begin;
    Seen seen;
    if (!pass_usual(tstate, first, &begin, &seen, true)) {
        return set_rest(tstate, first, begin, seen, stdlib_body);
    }
    uint32_t set = _PyPrincipal_STDLIB;
    if (have_met(&seen)) {
        const struct _PyPolicySeen *kept = place_of(tstate, &seen);
        if (!is_kept(kept, &seen)) {
            return set_joined(tstate, first, begin, seen);
        }
        set = kept->set;
    }
    keep_first(tstate, first, begin, set, true);
    return set;
}

static inline bool
tell_all(PyThreadState *tstate)
{
    return !_Py_atomic_load_int_relaxed(&_PyPolicyStack_Further)
           && !_PyPolicyBeyond_Wanted && !_PyPolicyStack_IsAlone(tstate);
}

uint32_t
_PyPolicyStack_Set(PyThreadState *tstate, bool *stdlib_body)
{
    *stdlib_body = false;
    return tell_all(tstate)
           ? set_from(tstate, tstate->current_frame, stdlib_body)
           : set_further(tstate, stdlib_body);
}

uint32_t
_PyPolicyStack_SetBelow(PyThreadState *tstate, bool *stdlib_body)
{
    *stdlib_body = false;
    return tell_all(tstate)
           ? set_from(tstate, tstate->current_frame->previous, stdlib_body)
           : set_further(tstate, stdlib_body);
}
