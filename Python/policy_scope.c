/* In which blocks is this frame?

   `with importpolicy.permit(...):` narrows what may be done for as long as
   the block is on the stack.  The frame that executes the block says so: it
   is looked up here while the stack is walked.  A generator's frame is on the
   stack only while it runs, so a block in it narrows then and not in between.

   A block is entered in the table when the with statement looks for the
   method that is to be called at its end, and taken out by that call, or when
   the object that stands for it goes away, which the stack of the frame alone
   holds (policy_permit.c).  So no entry outlives its frame, and an address is
   enough of a key.

   A greenlet has a stack of its own, which tells nothing of the block that it
   was started in.  So whatever runs on such a stack is narrowed by every block
   that is open in its thread: by more than need be, when another greenlet has
   opened it, and never by less; and by those in which the greenlet itself was
   made (policy_greenlet.c).

   The table is the process's, since frames are.  Walks read it only while
   there is any block at all. */

#include "Python.h"
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_narrow.h"
#include "pycore_principal.h"

int _PyPolicy_Blocks = 0;

static struct {
    PyMutex mutex;
    _PyPolicyBlock *buckets[256];
} blocks;

static _PyPolicyBlock **
bucket_of(const _PyInterpreterFrame *frame)
{
    uintptr_t n = (uintptr_t)frame;
    return &blocks.buckets[(n >> 4 ^ n >> 12) % 256];
}

void
_PyPolicyScope_Enter(_PyPolicyBlock *block, const PyThreadState *tstate,
                     const _PyInterpreterFrame *frame, uint32_t set)
{
    _PyPolicyBlock **bucket = bucket_of(frame);
    block->frame = frame;
    block->tstate = tstate;
    block->set = set;
    PyMutex_Lock(&blocks.mutex);
    block->next = *bucket;
    *bucket = block;
    PyMutex_Unlock(&blocks.mutex);
    _Py_atomic_add_int(&_PyPolicy_Blocks, 1);
}

void
_PyPolicyScope_Leave(_PyPolicyBlock *block)
{
    if (block->frame == NULL) {
        return;
    }
    PyMutex_Lock(&blocks.mutex);
    _PyPolicyBlock **place = bucket_of(block->frame);
    while (*place != block) {
        place = &(*place)->next;
    }
    *place = block->next;
    PyMutex_Unlock(&blocks.mutex);
    block->frame = NULL;
    _Py_atomic_add_int(&_PyPolicy_Blocks, -1);
}

uint32_t
_PyPolicyScope_JoinFrame(uint32_t set, const _PyInterpreterFrame *frame)
{
    PyMutex_Lock(&blocks.mutex);
    const _PyPolicyBlock *block = *bucket_of(frame);
    for (; block != NULL; block = block->next) {
        if (block->frame == frame) {
            set = _PyPrincipal_Join(set, block->set);
        }
    }
    PyMutex_Unlock(&blocks.mutex);
    return set;
}

uint32_t
_PyPolicyScope_JoinThread(uint32_t set, const PyThreadState *tstate)
{
    PyMutex_Lock(&blocks.mutex);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(blocks.buckets); i++) {
        const _PyPolicyBlock *block = blocks.buckets[i];
        for (; block != NULL; block = block->next) {
            if (block->tstate == tstate) {
                set = _PyPrincipal_Join(set, block->set);
            }
        }
    }
    PyMutex_Unlock(&blocks.mutex);
    return set;
}
