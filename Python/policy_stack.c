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
   that are not "complete" yet are looked at like any other.

   Called by: policy_stack_usual.c, which most stacks do not leave. */

#include "Python.h"
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_beyond.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_setup.h"  // _PyPolicySetup_Starter()
#include "pycore_policy_stack.h"
#include "pycore_policy_stack_base.h"
#include "pycore_policy_stack_found.h"
#include "pycore_policy_stack_walk.h"
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

/* The rest of the walk, from a frame whose tail is not known yet. */
static Py_NO_INLINE _PyPolicyActing
meet_rest(PyThreadState *tstate, _PyInterpreterFrame *f, int room,
          Found found)
{
    _PyPolicyActing rest = _PyPolicyStack_WalkFrom(
        tstate, f, (_PyPolicyMet){0}, room, room);
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

/* Is it the import system, calling a function of its own?  It does so in each
   import, and that shows what it is (policy_stack_found.c). */
static inline bool
calls_own(uint32_t id, const _PyInterpreterFrame *above)
{
    return (id & _PyPrincipal_IMPORT) && above != NULL
           && above->owner == FRAME_OWNED_BY_THREAD
           && (((PyCodeObject *)above->f_executable)->_co_principal
               & _PyPrincipal_IMPORT);
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
walk_as(PyThreadState *tstate, _PyInterpreterFrame *f, _PyPolicyMet met,
        int left, int room, const bool strict)
{
    Found found = {.acting = {.set = met.set, .inner = met.inner}}, there;
    uint32_t last = NO_ID, previous = NO_ID;
    _PyInterpreterFrame *noted = NULL;
    const _PyInterpreterFrame *outermost = NULL, *above = NULL;
    bool beyond = false;
    for (; f != NULL; above = f, f = f->previous, left--) {
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
            const _PyPolicyMark *mark =
                calls_own(id, above) ? NULL
                                     : _PyPolicyStack_FoundBy(tstate, f);
            if (mark != NULL) {
                meet_mark(&found, mark, beyond);
                found.acting.shows = mark == &_PyPolicyStack_Shows;
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

_PyPolicyActing
_PyPolicyStack_WalkFrom(PyThreadState *tstate, _PyInterpreterFrame *f,
                        _PyPolicyMet met, int left, int room)
{
    return walk_as(tstate, f, met, left, room, false);
}

_PyPolicyActing
_PyPolicyStack_WalkBeyond(PyThreadState *tstate)
{
    _PyPolicyActing acting = walk_as(tstate, tstate->current_frame,
                                     (_PyPolicyMet){0}, INT_MAX, INT_MAX,
                                     true);
    acting.nobody = acting.set == _PyPrincipal_STDLIB;
    return acting;
}

_PyPolicyActing
_PyPolicyStack_WithOthers(PyThreadState *tstate, _PyPolicyActing acting)
{
    meet(&acting, _PyPolicySetup_Starter());
    acting.set = _PyPolicyStack_Narrowed(tstate, acting.set);
    return acting;
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
