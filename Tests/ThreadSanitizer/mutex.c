/* Tells ThreadSanitizer of Swift's Mutex. What it does without contention is compiled into our code and seen; what it
   does otherwise lies in libswiftSynchronization, which is not instrumented, so that each handover between threads would
   be reported as a race. Preloaded into the unit tests by script/test --tsan. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

/* Only a program that is built for ThreadSanitizer has them. */
extern void __tsan_acquire (void *) __attribute__ ((weak));
extern void __tsan_release (void *) __attribute__ ((weak));

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__ ((swiftcall))
#define SELF __attribute__ ((swift_context))

SWIFT void lock_slow (uint32_t thread, SELF void *mutex) __asm__ (LOCK_SLOW);
SWIFT void unlock_slow (SELF void *mutex) __asm__ (UNLOCK_SLOW);

SWIFT void
lock_slow (uint32_t thread, SELF void *mutex)
{
  static SWIFT void (*real) (uint32_t, SELF void *);
  if (0 == real)
    real = (SWIFT void (*) (uint32_t, SELF void *)) dlsym (RTLD_NEXT, LOCK_SLOW);
  real (thread, mutex);
  if (__tsan_acquire)
    __tsan_acquire (mutex);
}

SWIFT void
unlock_slow (SELF void *mutex)
{
  static SWIFT void (*real) (SELF void *);
  if (0 == real)
    real = (SWIFT void (*) (SELF void *)) dlsym (RTLD_NEXT, UNLOCK_SLOW);
  if (__tsan_release)
    __tsan_release (mutex);
  real (mutex);
}
