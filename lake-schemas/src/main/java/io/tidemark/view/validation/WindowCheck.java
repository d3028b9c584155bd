package io.tidemark.view.validation;

import io.tidemark.view.Syntax;
import io.tidemark.view.WindowCall;
import java.util.List;

/** A view has exactly one window, and it is over the events' own time. */
record WindowCheck(Syntax syntax, SqlProblems problems) {
  void check() {
    List<WindowCall> calls = syntax.calls("window").map(WindowCall::new).toList();
    if (calls.isEmpty() && syntax.calls("session_window").findAny().isEmpty()) {
      problems.refuse(
          1,
          "find a window",
          "a view's rows belong to a window over event_time",
          WindowCall.REMEDY);
    }
    calls.stream()
        .skip(1)
        .filter(call -> !call.call().semanticEquals(calls.get(0).call()))
        .forEach(
            call ->
                problems.refuse(
                    line(call),
                    "use a second window",
                    "a view has exactly one",
                    "write a second view"));
    for (WindowCall call : calls) {
      try {
        call.window();
      } catch (IllegalArgumentException e) {
        problems.add(line(call), e.getMessage());
      }
    }
    syntax
        .calls("session_window")
        .forEach(
            call ->
                problems.refuse(
                    syntax.tree().line(call),
                    "use session_window",
                    "a stream in update mode cannot run it, and a session may reach over any date",
                    WindowCall.REMEDY));
  }

  private int line(WindowCall call) {
    return syntax.tree().line(call.call());
  }
}
