"""What people's safety hangs on, paragraph by paragraph, and the stories that hold it.

`python -m tests.repo.safety` writes docs/safety.md.
"""

from dataclasses import dataclass

from tests.repo.house import ROOT

PAGE = ROOT / "docs" / "safety.md"
_HEAD = """\
# What people's safety hangs on, and what holds it

Each paragraph of the rules for tickets and alarms, with the tests that fail when it no longer
holds. Written by `python -m tests.repo.safety`; `tests/repo/test_safety.py` keeps it true.

| paragraph | says | held by |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in a few words, and its tests as `file: name, name`."""

    name: str
    says: str
    tests: dict[str, tuple[str, ...]]


ALARM, ASKING, AWAY = "journeys/test_alarm.py", "journeys/test_asking.py", "journeys/test_away.py"
RULES, SILENCES = "journeys/test_rules.py", "journeys/test_silences.py"
OUTAGES, REFUSALS = "journeys/test_outages.py", "journeys/test_refusals.py"
FLAPPING, STAIRS = "journeys/test_flapping.py", "journeys/test_stairs.py"
EMERGENCY, MODEL = "journeys/test_emergency.py", "db/test_alarm_model.py"

PARAGRAPHS = (
    Paragraph(
        "One ticket life",
        "open, acked, resolved, closed; what comes back is new and linked; a new alarm on a resolved "
        "ticket opens a new epoch; a clearing reading stops nothing",
        {
            ALARM: (
                "test_a_second_smoke_on_amber_is_red_again_with_cards_again",
                "test_a_clearing_reading_stops_nothing",
                "test_resolved_with_the_device_still_alarming_is_red_again",
                "test_what_comes_back_after_closing_is_a_new_ticket_linked_to_the_old",
            ),
            MODEL: ("test_alarms_hold_whatever_devices_and_people_do",),
        },
    ),
    Paragraph(
        "The point on the map",
        "red, amber, grey, blue, derived and never stored",
        {ALARM: ("test_a_smoke_alarm_travels_from_red_over_amber_to_blue",)},
    ),
    Paragraph(
        "Life",
        "everyone at once; 90 s, 3 min, then every 3 min until somebody has it; a second reading "
        "within 60 s confirms a critical vital sign; no family's answer stops it; 救命 at once",
        {
            ALARM: ("test_life_repeats_until_a_person_acknowledges",),
            RULES: (
                "test_a_critical_pulse_is_a_life_alarm_at_its_second_reading",
                "test_no_version_holds_a_life_alarm_back",
                "test_an_operator_gives_somebody_a_limit_of_their_own",
                "test_a_vendors_limit_holds_for_its_wristbands_and_a_persons_own_comes_first",
            ),
            ASKING: ("test_a_families_answer_never_stops_the_chain_of_a_life",),
            EMERGENCY: (
                "test_an_elder_cries_for_help_and_everyone_hears_at_once",
                "test_what_was_taken_back_is_still_verified",
            ),
            MODEL: ("test_alarms_hold_whatever_devices_and_people_do",),
        },
    ),
    Paragraph(
        "Care",
        "elder and family are asked first, ten minutes, the worker sees it from the start; skipped "
        "for the frail, without anybody to ask, by 没联系上, by a second sign; only certainty "
        "resolves; the worse answer wins; undo; four hours without a sign of life re-arm",
        {
            ASKING: (
                "test_she_is_at_her_daughters_and_nobody_runs",
                "test_unanswered_for_ten_minutes_somebody_goes",
                "test_the_worker_may_go_at_once",
                "test_not_reached_sends_somebody_at_once",
                "test_a_guess_resolves_nothing",
                "test_the_worse_of_two_answers_wins",
                "test_the_worse_answer_wins_also_when_it_comes_first",
                "test_an_answer_can_be_taken_back_for_ten_minutes",
                "test_without_a_sign_of_life_in_four_hours_it_asks_again",
                "test_for_the_frail_somebody_goes_at_once",
                "test_with_nobody_to_ask_somebody_goes_at_once",
                "test_a_second_sign_ends_the_asking",
            )
        },
    ),
    Paragraph(
        "Property",
        "waits for the morning; a manhole that is open or flooding rings at once",
        {
            ALARM: ("test_the_night_is_quiet_for_all_but_life_and_care",),
            "journeys/test_kinds.py": (
                "test_an_open_manhole_rings_at_night_and_goes_on_until_somebody_comes",
                "test_rubbish_waits_for_the_morning",
            ),
        },
    ),
    Paragraph(
        "Maintenance and lost protection",
        "a daily list; but a life device that protects nobody is for today, a silent meter of "
        "somebody at risk asks at 12 h and sends at 24 h, silence after an alarm or of several in a "
        "flat is care, a gateway's ticket lists the unprotected within minutes",
        {
            OUTAGES: (
                "test_what_is_for_the_daily_list_rings_nobody",
                "test_lost_protection_is_for_today_and_tells_no_family",
                "test_a_silent_meter_of_somebody_at_risk_asks_at_twelve_hours_and_sends_at_a_day",
                "test_a_silent_meter_of_others_is_for_the_daily_list",
                "test_silent_within_an_hour_of_its_own_alarm_is_care",
                "test_several_of_one_flat_silent_at_once_are_care",
                "test_a_gateways_outage_is_one_ticket_that_lists_the_unprotected",
                "test_a_bridge_that_dies_is_noticed_at_once_by_its_last_will",
                "test_a_bridge_with_a_name_takes_down_its_own_devices_alone",
                "test_a_gateway_that_says_nothing_is_noticed_by_the_silence_of_its_devices",
                "test_meters_behind_a_gateway_that_is_away_do_not_ring_one_by_one",
                "test_a_gateway_that_is_heard_through_its_devices_is_back",
            ),
            RULES: ("test_a_silent_meter_is_no_unused_one",),
        },
    ),
    Paragraph(
        "At the door",
        "nobody found keeps a ticket open and rings everyone again; gas: knock, do not ring",
        {
            ALARM: ("test_nobody_found_keeps_the_ticket_open_and_escalates",),
            EMERGENCY: ("test_the_telephone_is_shown_on_request_and_noted",),
        },
    ),
    Paragraph(
        "On duty",
        "confirmed within 15 min, else the backup counts; nobody on duty: every worker of the grid "
        "hears and the operator is told; no arrival as promised brings the backup; a shift's end "
        "hands its tickets over",
        {
            ALARM: ("test_with_nobody_on_duty_every_worker_of_the_grid_hears",),
            "journeys/test_duty.py": (
                "test_a_shift_is_announced_and_confirmed_before_it_begins",
                "test_who_does_not_come_is_replaced_by_the_backup",
                "test_nobody_on_duty",
                "test_everyone_unreachable",
                "test_a_shift_changes_in_the_middle_of_an_alarm",
                "test_what_the_next_one_does_not_take_goes_back_to_everybody",
            ),
            "journeys/test_dispatch.py": (
                "test_who_does_not_arrive_brings_the_backup_once_and_then_loses_the_ticket",
                "test_who_arrived_and_falls_silent_is_reminded_then_relieved_of_it",
            ),
            EMERGENCY: ("test_with_nobody_to_tell_it_says_so",),
        },
    ),
    Paragraph(
        "Away",
        "of a person; absence alone; a flat rests when all are away; any use ends it; a day after "
        "the return without a sign of life asks the family; fourteen days, then again; what was "
        "suppressed is recorded and judged at the end",
        {
            AWAY: (
                "test_while_she_is_away_no_water_rings_nobody",
                "test_smoke_rings_however_far_she_is",
                "test_a_flat_rests_only_when_all_its_people_are_away",
                "test_any_use_inside_ends_it_and_its_setter_hears",
                "test_a_day_after_the_return_without_a_sign_of_life_the_family_is_asked",
                "test_fourteen_days_and_then_it_is_asked_again",
                "test_what_was_suppressed_is_judged_again_at_the_end",
            )
        },
    ),
    Paragraph(
        "Silence and tests",
        "a single device, two hours, two people; an installer's test ten minutes, logged; what was "
        "held back is told and judged again at the end",
        {
            SILENCES: (
                "test_nobody_silences_a_life_device_alone",
                "test_silenced_by_two_it_rings_when_that_is_over",
                "test_what_has_cleared_meanwhile_does_not_ring",
                "test_an_installers_test_is_ten_minutes_and_written_down",
                "test_a_silence_stops_nothing_that_rings_already",
                "test_a_worker_asks_in_a_sentence_and_a_second_person_agrees_by_a_button",
                "test_what_was_held_back_is_told_to_both_at_the_end",
                "test_it_can_be_ended_early_from_the_list",
                "test_the_asker_and_strangers_cannot_agree_by_a_button",
            ),
            "journeys/test_registry.py": ("test_an_alarm_that_goes_on_after_the_test_is_real",),
        },
    ),
    Paragraph(
        "Storms",
        "one incident per key; three cards of a kind and building, and the last says how many; life "
        "comes first and is never damped; flats of a stair know of each other within five minutes "
        "(SOS, fall and gas never) and each rings; who cannot walk comes first",
        {
            STAIRS: (
                "test_each_flat_of_a_stair_rings_and_the_others_cards_name_it",
                "test_who_cannot_walk_comes_first",
                "test_gas_help_and_falls_are_never_grouped",
            ),
            OUTAGES: ("test_twenty_leaks_of_a_building_ring_a_worker_three_times",),
            MODEL: ("test_alarms_hold_whatever_devices_and_people_do",),
            "db/test_storm.py": ("test_nothing_is_lost_in_a_storm", "test_life_comes_first"),
        },
    ),
    Paragraph(
        "Flapping and remedies",
        "what clears and returns rings three times an hour, a life each time; a false alarm offers "
        "its remedy: away, repair, or a limit for the operator, bounded, for 90 days, never of a life",
        {
            FLAPPING: (
                "test_a_flapping_leak_rings_three_times_an_hour",
                "test_an_open_alarm_that_comes_and_goes_is_one_incident_and_says_so",
                "test_a_life_that_flaps_rings_each_time",
                "test_a_pulse_that_flaps_asks_no_fourth_time_but_its_chain_goes_on",
            ),
            "journeys/test_remedies.py": (
                "test_a_false_alarm_offers_to_report_the_elder_away",
                "test_a_faulty_device_gets_a_maintenance_ticket",
                "test_a_false_alarm_proposes_a_limit_and_the_operator_accepts_it",
                "test_a_limit_is_declined_or_not_even_proposed",
                "test_no_limit_is_ever_proposed_for_a_life",
                "test_two_days_without_water_may_become_three_for_a_flat",
            ),
        },
    ),
    Paragraph(
        "Strangers and late pushes",
        "an unregistered or unreadable life device rings the operator; late pushes are judged",
        {
            REFUSALS: (
                "test_a_stranger_and_an_unreadable_life_device_ring_the_operator_alone",
                "test_a_late_clear_does_not_hide_a_newer_alarm",
            ),
            RULES: ("test_an_alarm_that_comes_late_ends_with_the_newer_reading",),
            "journeys/test_late.py": ("test_a_late_alarm_rings_and_its_card_says_how_late",),
        },
    ),
    Paragraph(
        "Outside quiet hours",
        "alarms, asks and their outcome come at night",
        {ALARM: ("test_the_night_is_quiet_for_all_but_life_and_care",)},
    ),
    Paragraph(
        "Personal detail on cards",
        "what the flat's devices say is for those who go there alone",
        {
            "journeys/test_signs.py": ("test_the_workers_card_says_what_the_other_devices_say",),
            "journeys/test_masks.py": ("test_nobody_is_shown_who_is_not_theirs",),
        },
    ),
    Paragraph(
        "Escalation",
        "a snapshot on the ticket, swept; every step is an event",
        {
            ALARM: ("test_life_repeats_until_a_person_acknowledges",),
            "db/test_schedule.py": ("test_what_nobody_took_is_escalated_by_the_clock",),
            "crash/test_chains.py": (
                "test_every_chain_steps_on_time_once_each",
                "test_what_is_taken_and_forgotten_comes_back_once",
            ),
        },
    ),
)


def page() -> str:
    """Write the table."""
    return _HEAD + "".join(_row(one) for one in PARAGRAPHS)


def _row(one: Paragraph) -> str:
    held = "<br>".join(
        f"`tests/{file}`: {', '.join(name.removeprefix('test_').replace('_', ' ') for name in names)}"
        for file, names in one.tests.items()
    )
    return f"| {one.name} | {one.says} | {held} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
