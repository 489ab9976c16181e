package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.store.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/** A store in which something happens before a request, or between its effect and its answer. */
final class MeanwhileStore {
  private MeanwhileStore() {}

  /**
   * Lets something happen once.
   *
   * @param request which one, by the name of its method
   * @param nth of them, counted from 1
   */
  static ObjectStore before(ObjectStore store, String request, int nth, Runnable what) {
    return over(store, request, once(nth, what), key -> {});
  }

  /** As {@link #before}, behind the effect. */
  static ObjectStore behind(ObjectStore store, String request, int nth, Runnable what) {
    return over(store, request, key -> {}, once(nth, what));
  }

  /** Lets something happen before each PUT, which is told the key. */
  static ObjectStore beforePuts(ObjectStore store, Consumer<String> what) {
    return over(store, "put", what, key -> {});
  }

  private static Consumer<String> once(int nth, Runnable what) {
    int[] seen = new int[1];
    return key -> {
      if (++seen[0] == nth) {
        what.run();
      }
    };
  }

  private static ObjectStore over(
      ObjectStore store, String request, Consumer<String> before, Consumer<String> behind) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            MeanwhileStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (proxy, method, arguments) -> {
              boolean now = method.getName().equals(request);
              try {
                if (now) {
                  before.accept(String.valueOf(arguments[0]));
                }
                Object answer = method.invoke(store, arguments);
                if (now) {
                  behind.accept(String.valueOf(arguments[0]));
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
