"""The picture of the state machine: every way out is drawn, legible, and current."""

import json
import re
import xml.etree.ElementTree as ET
from functools import cache
from itertools import combinations, permutations

import pytest

from tools import check_workflow, draw_workflow
from tools.picture import graph, layout, page, svg

LAMBDA = "arn:aws:states:::lambda:invoke"
PASSING = ["Lambda.ServiceException", "Lambda.Unknown"]
TEMPLATE = """
Parameters:
  Patience: {Type: Number, Default: 600}
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionSubstitutions: {NotifyFunctionArn: !GetAtt Notify.Arn, Seconds: !Ref Patience}
"""


def task(function, *catch, resource=LAMBDA, **more):
    return {
        "Type": "Task",
        "Resource": resource,
        "Arguments": {"FunctionName": f"${{{function}FunctionArn}}"},
        "Catch": [{"ErrorEquals": errors.split(), "Next": to} for errors, to in catch],
    } | more


def retry(*errors, **more):
    return [{"ErrorEquals": [*errors, *PASSING], "MaxAttempts": 3} | more]


MACHINE = {
    "StartAt": "AssignReport",
    "States": {
        "AssignReport": task("AssignReport", ("States.ALL", "NextStep"), Next="NextStep"),
        "NextStep": {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $states.input.outcome = 'closed' %}", "Next": "Conclude"},
                {"Condition": "{% $a < 2 %}", "Comment": "another rung", "Next": "Notify"},
            ],
            "Default": "FollowUp",
        },
        "Notify": task(
            "NotifyResponders",
            ("States.Timeout NobodyOnDuty", "Notify"),
            ("ReportAlreadyAcknowledged", "FollowUp"),
            ("NoMoreRungs", "GivenUp"),
            ("States.ALL", "Pause"),
            resource=f"{LAMBDA}.waitForTaskToken",
            TimeoutSeconds="{% $waits[$min([$step, 9])] %}",
            Retry=retry("TemporaryFailure", IntervalSeconds=2, BackoffRate=3),
            Next="NextStep",
        ),
        "Pause": {"Comment": "Not <at> once.", "Type": "Wait", "Seconds": 30, "Next": "Notify"},
        "FollowUp": task(
            "FollowUpReport",
            ("States.Timeout", "FollowUp"),
            ("States.ALL", "Notify"),
            resource=f"{LAMBDA}.waitForTaskToken",
            TimeoutSeconds="BARE",
            Next="NextStep",
        ),
        "Conclude": task("FollowUpReport", ("States.ALL", "Failed"), End=True),
        "GivenUp": {"Type": "Fail", "Cause": "Nobody accepted."},
        "Failed": {"Type": "Fail"},
    },
}


def text_of(machine=MACHINE):
    return json.dumps(machine).replace('"BARE"', "${Seconds}")


OWN = check_workflow.DEFINITION.read_text(encoding="utf-8")
OWN_TEMPLATE = check_workflow.TEMPLATE.read_text(encoding="utf-8")
BOTH = pytest.mark.parametrize(
    ("definition", "template"), [(text_of(), TEMPLATE), (OWN, OWN_TEMPLATE)], ids=["small", "own"]
)


@cache
def nodes_of(definition, template=TEMPLATE):
    return graph.read(definition, draw_workflow.defaults_in(template))


@cache
def drawing_of(definition, template=TEMPLATE):
    return layout.lay_out(nodes_of(definition, template), graph.start(definition))


def node(name):
    return next(each for each in nodes_of(text_of()) if each.name == name)


# --- what it says -------------------------------------------------------------------------------


def ways_of(definition):
    """Every way out, read from the definition itself: source, target, whether an error."""
    for name, state in check_workflow.parse_named(definition)["States"].items():
        for rule in state.get("Choices", []):
            yield name, rule["Next"], False
        for rule in state.get("Catch", []):
            yield name, rule["Next"], True
        for key in ("Next", "Default"):
            if key in state:
                yield name, state[key], False
        if state.get("End"):
            yield name, graph.END, False


@BOTH
def test_every_way_out_is_drawn_once_and_errors_look_different(definition, template):
    root = ET.fromstring(svg.draw(drawing_of(definition, template), "title", "description"))
    drawn = [
        (path.get("data-from"), path.get("data-to"), "error" in path.get("class"))
        for path in root.iter("{http://www.w3.org/2000/svg}path")
        if path.get("data-from")
    ]
    assert sorted(drawn) == sorted(ways_of(definition))


@BOTH
def test_every_way_out_is_labelled_in_the_picture_and_in_the_table(definition, template):
    written = draw_workflow.files(definition, template)
    root = ET.fromstring(written["workflow.svg"])
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    shown = " ".join(texts)
    for each in nodes_of(definition, template):
        assert each.name in texts
        for edge in each.edges:
            assert edge.label in shown
            assert (
                f"{edge.label}{'*' if edge.error else ''} → {edge.target}" in written["workflow.md"]
            )


def test_labels_are_in_words():
    assert [edge.label for edge in node("NextStep").edges] == [
        "outcome = 'closed'",
        "another rung",
        "otherwise",
    ]
    assert [edge.label for edge in node("Notify").edges] == [
        "States.Timeout, NobodyOnDuty",
        "ReportAlreadyAcknowledged",
        "NoMoreRungs",
        "anything else (States.ALL)",
        "answered",
    ]


def test_times_are_numbers_defaults_of_parameters_and_expressions():
    assert node("Pause").waits == graph.Time("30 s")
    assert node("FollowUp").waits.most == "at most Seconds (600 s)"
    assert node("Notify").waits.most == "at most a time from $waits and $step"
    assert node("Notify").waits.code == "$waits[$min([$step, 9])]"
    assert node("AssignReport").waits is None


def test_a_formula_stands_in_the_table_only():
    written = draw_workflow.files(text_of(), TEMPLATE)
    assert "`$waits[$min([$step, 9])]` seconds" in written["workflow.md"]
    assert "$min" not in written["workflow.svg"]


def test_what_is_tried_again_is_told_with_its_pauses():
    (rule,) = node("Notify").retries
    assert (rule.named, rule.passing) == (("TemporaryFailure",), tuple(PASSING))
    assert (rule.tries(), rule.pauses()) == ("3 times", "2, 6, 18 s")


@pytest.mark.parametrize(
    ("more", "pauses"),
    [
        ({"MaxAttempts": 1}, "1 s"),
        ({"MaxAttempts": 3, "MaxDelaySeconds": 3}, "1, 2, 3 s"),
        ({"MaxAttempts": 3, "JitterStrategy": "FULL"}, "up to 1, 2, 4 s"),
        ({"MaxAttempts": 6}, "1, 2, 4, ..., 32 s"),
    ],
)
def test_pauses_grow_as_step_functions_makes_them_grow(more, pauses):
    machine = {"States": {"A": task("A", Retry=retry("X", **more), End=True)}}
    assert nodes_of(json.dumps(machine))[0].retries[0].pauses() == pauses


def test_an_end_of_its_own_follows_the_state_that_ends():
    names = [each.name for each in nodes_of(text_of())]
    assert names[names.index("Conclude") + 1] == "End"


def test_the_page_names_passing_errors_once_and_says_what_the_domains_errors_mean():
    text = page.write(nodes_of(text_of()), draw_workflow.meanings(), "workflow.svg")
    assert text.count("Lambda.ServiceException") == 1
    assert "| `NobodyOnDuty` | The rung has no verified responder" in text
    assert "`QuotaSpent`" not in text
    assert "](workflow.svg)" in text


# --- how it looks -------------------------------------------------------------------------------


@BOTH
def test_no_box_lies_on_another_and_all_is_within_the_picture(definition, template):
    drawing = drawing_of(definition, template)
    for a, b in combinations(drawing.boxes, 2):
        beside = abs(a.x - b.x) >= layout.BOX
        assert beside or a.y + a.height < b.y or b.y + b.height < a.y
    for box in drawing.boxes:
        assert box.x > 0
        assert box.x + layout.BOX < drawing.width
        assert box.y + box.height < drawing.height


@BOTH
def test_every_text_fits_its_box(definition, template):
    room = layout.BOX - 2 * layout.INSET
    for box in drawing_of(definition, template).boxes:
        for text in [note.text for note in box.notes] + [t for r in box.rows for t in r.lines]:
            assert layout.width_of(text) <= room, text


def level_pieces(drawing):
    """Level lines in gutters: where, from, to, and whose; those of one trunk may touch."""
    boxes = {box.node.name: box for box in drawing.boxes}
    for trunk in drawing.trunks:
        sides = [(trunk.column, trunk.y)] + [(c, row.y) for c, row in trunk.branches]
        for column, y in sides:
            inner = next(b.x for b in boxes.values() if b.column == column)
            edge = inner if trunk.gutter == column else inner + layout.BOX
            yield y, min(edge, trunk.x), max(edge, trunk.x), trunk


@BOTH
def test_no_line_lies_on_another_or_crosses_a_box(definition, template):
    drawing = drawing_of(definition, template)
    lanes = [trunk.x for trunk in drawing.trunks]
    assert len(set(lanes)) == len(lanes)
    columns = {box.x for box in drawing.boxes}
    for x in lanes:
        assert not any(left <= x <= left + layout.BOX for left in columns)
    for (y, left, right, one), (other_y, other_left, other_right, two) in combinations(
        level_pieces(drawing), 2
    ):
        apart = right <= other_left or other_right <= left
        assert one is two or apart or abs(y - other_y) >= layout.PITCH / 2
        assert not any(left < x < right for x in (c + layout.BOX / 2 for c in columns))


def test_it_is_readable_on_one_screen():
    drawing = drawing_of(OWN, OWN_TEMPLATE)
    shown = 1000 / drawing.width
    assert layout.FONT * shown >= 11
    assert drawing.height * shown <= 920


@pytest.mark.parametrize("gutter", [0, 2])
def test_lanes_are_ordered_so_that_as_few_lines_cross_as_can_be(gutter):
    trunks = sorted(
        (trunk for trunk in drawing_of(text_of()).trunks if trunk.gutter == gutter),
        key=lambda trunk: trunk.x,
    )
    assert 2 <= len(trunks) <= 7
    fewest = min(layout._cost(order) for order in permutations(trunks))
    assert layout._cost(trunks) == fewest


def test_the_way_straight_down_needs_no_lane():
    machine = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Next": "B"},
            "B": {"Type": "Pass", "Next": "C"},
            "C": {"Type": "Pass", "Next": "D"},
            "D": {"Type": "Succeed"},
        },
    }
    drawing = drawing_of(json.dumps(machine))
    sides = [row.side for box in drawing.boxes for row in box.rows]
    assert sides == ["down", "right", "down"]
    assert [trunk.target for trunk in drawing.trunks] == ["C"]


def test_colours_do_not_tell_alone():
    # Errors are dashed as well.
    assert re.search(r"\.error\.line \{[^}]*stroke-dasharray", svg.draw(drawing_of(OWN), "", ""))


# --- kept current -------------------------------------------------------------------------------


def test_the_same_definition_always_gives_the_same_files():
    assert draw_workflow.files(OWN, OWN_TEMPLATE) == draw_workflow.files(OWN, OWN_TEMPLATE)


def test_what_was_written_is_current_until_the_machine_changes(tmp_path, capsys):
    assert draw_workflow.main(["--check"], tmp_path) == 1
    assert draw_workflow.main([], tmp_path) == 0
    assert draw_workflow.main(["--check"], tmp_path) == 0
    changed = OWN.replace('"States.ALL"', '"States.TaskFailed"', 1)
    wanted = draw_workflow.files(changed, OWN_TEMPLATE)
    assert draw_workflow.outdated(wanted, tmp_path) == ["workflow.svg", "workflow.md"]
    (tmp_path / "workflow.md").unlink()
    capsys.readouterr()
    assert draw_workflow.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err == "docs/workflow.md is not current: make picture\n"


def test_a_new_default_of_a_time_changes_the_picture():
    before = draw_workflow.files(text_of(), TEMPLATE)
    after = draw_workflow.files(text_of(), TEMPLATE.replace("600", "900"))
    assert before["workflow.svg"] != after["workflow.svg"]


def test_text_of_a_state_cannot_break_the_picture():
    root = ET.fromstring(draw_workflow.files(text_of(), TEMPLATE)["workflow.svg"])
    titles = [t.text for t in root.iter("{http://www.w3.org/2000/svg}title")]
    assert "Not <at> once." in titles
