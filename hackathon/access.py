"""THE POLICY: who may go through which door, and while which gate is open.

One line per endpoint. A door that is not named here does not exist: the site will not start.
"""

import uuid
from typing import Any

from sqlalchemy import bindparam, select

from .accounts.models import Passkey, SignIn
from .accounts.queries import own
from .accounts.rules import administrator, changes_factor, sensitive, signed_in, signed_out
from .calibration.models import Sample
from .calibration.queries import file_in
from .calibration.rules import (
    calibrated,
    of_this_round,
    sample_published,
    samples_there,
    tells_judges,
    unanchored,
)
from .certificates.models import Certificate, CertificateLogo, Kind, Omission, Signatory
from .certificates.queries import certificate_with, check, earner_in
from .certificates.rules import named_on_certificates, own_certificate
from .checks.models import Finding
from .comparisons.models import Stand
from .comparisons.rules import comparisons_wanted, while_comparing
from .competitions.models import (
    Challenge,
    Condition,
    Criterion,
    Document,
    Expertise,
    Extension,
    Gate,
    Inquiry,
    Organizer,
    Partner,
    Reminder,
    Round,
    Window,
)
from .competitions.queries import gates_of, round_at
from .competitions.rules import organizer, organizes_it, published
from .datasets.models import DataSet
from .datasets.queries import data_file_in, taking_in, terms_in
from .datasets.rules import (
    agreed,
    data_offered,
    for_own_challenge,
    own_taking,
    public_data,
    public_data_or_organizer,
    public_terms,
)
from .deliberation.models import Discussion
from .deliberation.rules import discusses, in_discussions, still_discussed
from .demo.queries import mail_at
from .desk.models import Archive
from .desk.rules import involved, own_archive
from .extensions import db
from .followups.models import FollowUp
from .followups.queries import answer_in, link_with
from .followups.rules import not_forgotten, speaks_for_team
from .gallery.rules import given_out, on_show, pictured, sees_gallery, unbiased
from .ground.doors import Doors
from .ground.rule import anyone
from .ground.verdict import ALLOWED, Verdict
from .judging.door import review_in
from .judging.jury import invitation_with
from .judging.models import Judge, JudgeInvitation, Problem
from .judging.rules import (
    about_others,
    assigned_judge,
    before_judging_closes,
    before_judging_opens,
    by_link_or_signed_in,
    decides,
    judge,
    judged_blindly,
    judged_openly,
    judges_nothing,
    later_round,
    link_signs_in,
    no_conflict,
    not_stopped,
    of_another,
    own_review_done,
    own_reviews_done,
    prepared,
    reads_answer_as_judge,
    round_judged,
    rules_hold,
    rules_known,
    selects,
    terms_accepted,
    unconflicted,
    unconflicted_letter,
    while_judging,
    within_link,
)
from .mentoring.models import Conflict, Mentor, Objection
from .mentoring.rules import mentor, mentor_of_team, needs_open, reads_answer_as_mentor
from .mergers.rules import asked, concerned, proposer_open, proposes
from .news.queries import news_at
from .news.rules import public_news
from .post.models import Letter
from .press.rules import pack_composed, pack_published
from .questions.models import Question
from .redaction.queries import copy_in
from .registrations.models import ConsentText, Registration
from .registrations.rules import (
    applicant,
    not_ended,
    own_registration,
    participant,
    registered,
    text_in_public,
)
from .results.models import Decision, Honour, Prize
from .results.queries import amendment_at
from .results.rules import (
    all_announced,
    announced,
    announced_to_team,
    honour_told,
    impartial,
    nothing_announced,
    read_once_announced,
    results_hidden,
)
from .standing import competition_met
from .submissions.models import Submission, Version
from .submissions.queries import Attachment, attachment_of, submission_of
from .submissions.rules import author, reads_all, reads_file, stands, while_arriving
from .submissions.uploads import upload_in
from .teams.board import request_in
from .teams.models import ChallengeRequest, Merger, Seeker, Team
from .teams.queries import invitation_in, membership_in
from .teams.rules import (
    asker,
    captain,
    captain_of_any,
    challenge_locked,
    in_team,
    member,
    teamless,
    while_open,
)
from .voting.queries import aside_in, flag_in, link_in
from .voting.rules import (
    by_address,
    counts_known,
    link_votes,
    poll_in_public,
    projects_seen,
    votable,
    votes,
    while_voting,
)
from .workshops.models import Place, Session, Speaker
from .workshops.queries import sign_up_with
from .workshops.rules import public_session

# The captain while teams can be changed; organizers always.
changes_team = (participant & captain & while_open(Gate.TEAM_CHANGES)) | organizer
# Whom data concern: those who take part, each challenge's data its own teams; mentors; organizers.
data_concern = (registered & for_own_challenge) | mentor | organizes_it
reads_data = signed_in & published & public_data & data_concern
sees_data = signed_in & published & public_data_or_organizer & data_concern
# The mentors and the judges of a team, where the organizers show them the answer.
reads_answer = reads_answer_as_mentor | reads_answer_as_judge
# A judge to whom it was assigned, without a conflict, while it counts.
has_it = signed_in & published & judge & assigned_judge & stands
# The same, who has said yes to the terms for judges, once it may be read.
reviews_it = has_it & terms_accepted & prepared
# The same, where judges see whose work they read.
reviews_openly = has_it & terms_accepted & judged_openly
# The team, its mentors, and organizers who are not judges in conflict with it.
organizes_work = organizes_it & unconflicted
may_read = signed_in & published & (author | mentor_of_team | organizes_work)
# Any judge, of a sample that the organizers published for them.
scores_samples = signed_in & published & judge & sample_published
# Who decides which submissions come into a later round.
selecting = organizer & later_round & selects
# Who is shown what the judges say of everything: with no conflict, and no review left to do.
weighs_results = organizer & impartial & own_reviews_done
# A judge at the tables, who has said yes to the terms, while organizers have them compared.
compares = signed_in & published & judge & comparisons_wanted & judged_openly & terms_accepted
says_better = compares & while_judging & while_comparing & not_stopped
# With an account, or with the link in a letter, while the people's choice is open.
fills_in = published & poll_in_public & votes & while_voting & projects_seen
asks_for_link = published & poll_in_public & by_address & while_voting & projects_seen
fills_in_by_link = asks_for_link & link_votes

POLICY = {
    # -- the house --
    "static": anyone,
    "healthz": anyone,
    # -- accounts --
    "accounts.sign_up": signed_out,
    "accounts.letter_sent": anyone,
    "accounts.confirmation_letter": anyone,
    "accounts.confirmation": anyone,
    "accounts.sign_in": signed_out,
    "accounts.code": signed_out,
    "accounts.passkey_question": anyone,
    "accounts.passkey": signed_out,
    "accounts.link_letter": signed_out,
    "accounts.link": anyone,  # whoever holds the letter
    "accounts.sign_out": signed_in,
    "accounts.reset_letter": anyone,
    "accounts.reset": anyone,
    "accounts.profile": signed_in,
    "accounts.password": signed_in,
    "security.index": signed_in,
    "security.proof": signed_in,
    "security.factor": signed_in,
    "security.passkey_proof": signed_in,
    "security.sign_in_end": signed_in,  # of one's own, as the finders see to
    "security.end_others": sensitive,
    "security.end_all": sensitive,
    "security.address": sensitive,
    "security.address_stop": signed_in,
    "security.address_confirmation": anyone,  # whoever holds the letter
    "security.address_refusal": anyone,
    "security.codes_on": changes_factor,
    "security.codes_off": changes_factor,
    "security.recovery_codes": changes_factor,
    "security.passkey_invitation": changes_factor,
    "security.passkey_new": changes_factor,
    "security.passkey_removal": changes_factor,
    # -- competitions --
    "competitions.index": anyone,
    "competitions.new": administrator,
    "competitions.dates": published,
    "competitions.challenges": published,
    "competitions.challenge": published,
    "competitions.inquiry_new": participant,
    "competitions.rules": published,
    "competitions.partners": published,
    "competitions.documents": published,
    "competitions.document": published,
    "manage.competitions.edit": organizer,
    "manage.competitions.publication": organizer,
    "manage.competitions.dates": organizer,
    "manage.competitions.window": organizer,
    "manage.competitions.undoing": organizer,
    "manage.competitions.challenges": organizer,
    "manage.competitions.challenge_new": organizer,
    "manage.competitions.challenge_edit": organizer,
    "manage.competitions.challenge_removal": organizer,
    "manage.competitions.partners": organizer,
    "manage.competitions.partner_new": organizer,
    "manage.competitions.partner_edit": organizer,
    "manage.competitions.partner_removal": organizer,
    "manage.competitions.criteria": organizer,
    "manage.competitions.criterion_new": organizer,
    "manage.competitions.criterion_edit": organizer,
    "manage.competitions.criterion_removal": organizer,
    "manage.competitions.conditions": organizer,
    "manage.competitions.condition_new": organizer,
    "manage.competitions.condition_edit": organizer,
    "manage.competitions.condition_removal": organizer,
    "manage.competitions.documents": organizer,
    "manage.competitions.document_new": organizer,
    "manage.competitions.document_edit": organizer,
    "manage.competitions.document_removal": organizer,
    "manage.competitions.inquiries": organizer,
    "manage.competitions.inquiry": organizer,
    "manage.competitions.inquiry_withdrawal": organizer,
    "manage.competitions.organizers": organizer,
    "manage.competitions.dismissal": organizer,
    # -- questions --
    "manage.questions.index": organizer,
    "manage.questions.new": organizer,
    "manage.questions.preview": organizer,
    "manage.questions.edit": organizer,
    "manage.questions.move": organizer,
    "manage.questions.retirement": organizer,
    "manage.questions.restoration": organizer,
    "manage.questions.removal": organizer,
    # -- registrations --
    "registrations.new": published & signed_in & while_open(Gate.REGISTRATION),
    "registrations.show": applicant,
    "registrations.confirmation": applicant,
    "registrations.answers": applicant & not_ended,
    "registrations.answer_file": signed_in
    & published
    & (own_registration | organizes_it | reads_answer),
    "registrations.conditions": published,
    "registrations.consent_text": published & text_in_public,
    "registrations.consent_document": published & text_in_public,
    "registrations.agreement": applicant & text_in_public,
    "registrations.revocation": applicant & text_in_public,
    "manage.registrations.entry": organizer,
    "manage.registrations.applications": organizer,
    "manage.registrations.approval": organizer,
    "manage.registrations.decline": organizer,
    "manage.registrations.reinstatement": organizer,
    "manage.registrations.consents": organizer,
    "manage.registrations.consent_new": organizer,
    "manage.registrations.consent_version": organizer,
    "manage.registrations.consent_edit": organizer,
    "manage.registrations.consent_publication": organizer,
    "manage.registrations.consent_deletion": organizer,
    "manage.registrations.answers_file": organizer,
    "manage.registrations.answers_edit": organizer,
    # -- teams --
    "teams.index": participant | organizer,
    "teams.new": participant & teamless & while_open(Gate.TEAM_CHANGES),
    "teams.own": participant & in_team,
    "teams.show": (participant & member) | organizer,
    "teams.edit": changes_team,
    "teams.challenge": (participant & captain & while_open(Gate.CHALLENGE_CHOICE)) | organizer,
    "teams.challenge_request": participant & captain & challenge_locked,
    "teams.challenge_request_withdrawal": participant & captain,
    "teams.answers": (participant & member) | (organizer & unconflicted),
    "teams.answer_file": signed_in & published & (member | organizes_work | reads_answer),
    "teams.invitations": changes_team,
    "teams.invitation_link": changes_team,
    "teams.invitation_letter": changes_team,
    "teams.revocation": changes_team,
    "teams.invitation": published,
    "teams.acceptance": participant & teamless & while_open(Gate.TEAM_CHANGES),
    "teams.refusal": published & signed_in,
    "teams.departure": participant & member & while_open(Gate.TEAM_CHANGES),
    "teams.removal": changes_team,
    "teams.captaincy": changes_team,
    "teams.withdrawal": applicant & (teamless | while_open(Gate.TEAM_CHANGES)),
    "teams.board": participant | organizer,
    "teams.looking": participant & teamless & while_open(Gate.TEAM_CHANGES),
    "teams.looking_end": participant & teamless,
    "teams.seeking": changes_team,
    "teams.seeking_end": changes_team,
    "teams.seeker_invitation": participant & captain_of_any & while_open(Gate.TEAM_CHANGES),
    "teams.ask": participant & teamless & while_open(Gate.TEAM_CHANGES),
    "teams.answer": participant & captain & while_open(Gate.TEAM_CHANGES),
    "teams.request_withdrawal": participant & asker,
    "manage.teams.completion": organizer,
    "manage.teams.index": organizer,
    "manage.teams.new": organizer,
    "manage.teams.show": organizer,
    "manage.teams.admission": organizer,
    "manage.teams.allowance": organizer,
    "manage.teams.dissolution": organizer,
    "manage.teams.small": organizer,
    "manage.teams.exemption": organizer,
    "manage.teams.exemption_end": organizer,
    "manage.teams.challenges": organizer,
    "manage.teams.challenge_reminder": organizer,
    "manage.teams.quota": organizer,
    "manage.teams.challenge_request": organizer,
    "manage.teams.answers": organizer,
    "manage.teams.counts_file": organizer,
    "manage.teams.answers_lacking": organizer,
    "manage.teams.answers_file": organizer & no_conflict,
    "manage.teams.people": organizer,
    "manage.teams.people_file": organizer,
    "manage.teams.person": organizer,
    "manage.teams.withdrawal": organizer,
    # -- datasets --
    "datasets.index": signed_in & published & data_offered & (registered | mentor | organizes_it),
    "datasets.show": sees_data,
    "datasets.terms": signed_in & published & public_terms & (sees_data | agreed),
    "datasets.acceptance": reads_data,
    "datasets.taking": reads_data,
    "datasets.link": reads_data,
    "datasets.download": reads_data & own_taking,
    "datasets.statement": signed_in & published & agreed,  # also of who left the competition
    "manage.datasets.index": organizer,
    "manage.datasets.new": organizer,
    "manage.datasets.show": organizer,
    "manage.datasets.edit": organizer,
    "manage.datasets.files": organizer,
    "manage.datasets.file_removal": organizer,
    "manage.datasets.terms": organizer,
    "manage.datasets.terms_publication": organizer,
    "manage.datasets.publication": organizer,
    "manage.datasets.withdrawal": organizer,
    "manage.datasets.deletion": organizer,
    "manage.datasets.people": organizer,
    "manage.datasets.people_table": organizer,
    "manage.datasets.reminders": organizer,
    # -- workshops --
    "workshops.index": published,  # each session shows when its own door would open
    "workshops.feed": published,
    "workshops.show": published & (public_session | involved),
    "workshops.calendar": published & (public_session | involved),
    "workshops.sign_up": published & (public_session | involved),
    "workshops.confirmation": published,  # whoever holds the letter
    "workshops.cancellation": published,
    "manage.workshops.index": organizer,
    "manage.workshops.new": organizer,
    "manage.workshops.edit": organizer,
    "manage.workshops.cancellation": organizer,
    "manage.workshops.deletion": organizer,
    "manage.workshops.sign_ups": organizer,
    "manage.workshops.sign_up_table": organizer,
    "manage.workshops.speakers": organizer,
    "manage.workshops.new_speaker": organizer,
    "manage.workshops.edit_speaker": organizer,
    "manage.workshops.delete_speaker": organizer,
    "manage.workshops.places": organizer,
    "manage.workshops.new_place": organizer,
    "manage.workshops.edit_place": organizer,
    "manage.workshops.delete_place": organizer,
    # -- mentoring --
    "mentoring.index": published,
    "mentoring.profile": signed_in & published & mentor,
    "mentoring.teams": signed_in & published & mentor,
    "mentoring.of_team": signed_in & published & member,
    "mentoring.needs": signed_in & published & member & needs_open,
    "manage.mentoring.index": organizer,
    "manage.mentoring.new": organizer,
    "manage.mentoring.edit": organizer,
    "manage.mentoring.dismissal": organizer,
    "manage.mentoring.expertise": organizer,
    "manage.mentoring.new_expertise": organizer,
    "manage.mentoring.edit_expertise": organizer,
    "manage.mentoring.expertise_removal": organizer,
    "manage.mentoring.pairings": organizer,
    "manage.mentoring.team": organizer,
    "manage.mentoring.pairing": organizer,
    "manage.mentoring.pairing_end": organizer,
    "manage.mentoring.matching": organizer,
    "manage.mentoring.conflicts": organizer,
    "manage.mentoring.new_conflict": organizer,
    "manage.mentoring.conflict_lifting": organizer,
    # -- submissions --
    "submissions.own": participant & in_team,
    "submissions.show": may_read,
    "submissions.edit": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.files": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.file_removal": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.uploads": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.upload": signed_in & published & member & while_arriving,
    "submissions.upload_end": signed_in & published & member & while_arriving,
    "submissions.upload_removal": signed_in & published & member & while_arriving,
    "submissions.known_file": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.picture": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.picture_removal": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.shown": may_read | reviews_openly,
    "submissions.receipt": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.withdrawal": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.restoration": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.automatic_wish": signed_in & published & member & while_open(Gate.SUBMISSION),
    "submissions.receipts": published,
    "submissions.version": may_read | reviews_openly,
    "submissions.content": may_read & reads_all,
    "submissions.changes": may_read,
    "submissions.file": (may_read | reviews_openly) & reads_file,
    "submissions.mentored": signed_in & published & mentor,
    "submissions.feedback": signed_in & published & mentor_of_team & while_open(Gate.FEEDBACK),
    "manage.submissions.index": organizer,
    "manage.submissions.asks": organizer,
    "manage.submissions.show": organizer & unconflicted,
    "manage.submissions.export": organizer & no_conflict,
    "manage.submissions.automatic": organizer,
    "manage.submissions.translations": organizer,
    "manage.submissions.translation": organizer & unconflicted,
    "manage.submissions.translation_withdrawal": organizer & unconflicted,
    "manage.submissions.disqualification": organizer & unconflicted & results_hidden,
    "manage.submissions.reinstatement": organizer & unconflicted & results_hidden,
    # -- mergers --
    "mergers.index": participant & captain & while_open(Gate.TEAM_CHANGES),
    "mergers.new": participant & captain & while_open(Gate.TEAM_CHANGES),
    "mergers.show": participant & concerned,
    "mergers.acceptance": participant & asked & proposer_open,
    "mergers.refusal": participant & asked,
    "mergers.withdrawal": participant & proposes,
    "manage.mergers.index": organizer,
    "manage.mergers.new": organizer,
    # -- checks --
    "manage.checks.index": organizer,
    "manage.checks.show": organizer & unconflicted,
    "manage.checks.again": organizer,
    "manage.checks.settings": organizer,
    # -- redaction --
    "manage.redaction.index": organizer & judges_nothing,
    "manage.redaction.show": organizer & judges_nothing,
    "manage.redaction.reopening": organizer & judges_nothing,
    "manage.redaction.copy": organizer & judges_nothing,
    "manage.redaction.replacement": organizer & judges_nothing,
    "manage.redaction.unblinding": organizer & judges_nothing,
    # -- judging --
    "judging.rules": published & rules_known,
    "judging.index": signed_in & published & judge,
    "judging.declarations": signed_in & published & judge & before_judging_closes,
    "judging.review": reviews_it,
    "judging.scores": reviews_it & rules_hold & while_judging & calibrated & not_stopped,
    "judging.file": reviews_it & judged_blindly,
    "judging.picture": reviews_it & judged_blindly,
    "judging.recusal": has_it & before_judging_closes,
    "judging.abstention": has_it & before_judging_closes,
    "judging.problem": reviews_it & before_judging_closes,
    "judging.invitation": published,  # whoever holds the letter
    "judging.acceptance": published & by_link_or_signed_in,
    "judging.refusal": published,
    "judging.arrival": published & link_signs_in,
    "judging.own": signed_in & published & judge,
    "judging.terms": signed_in & published & judge,
    "judging.objections": signed_in & published & member,
    "judging.objection_new": participant & member & before_judging_opens,
    "judging.objection_removal": participant & member & before_judging_opens,
    "manage.judging.rules": organizer,
    "manage.judging.rules_edit": organizer,
    "manage.judging.rounds": organizer,
    "manage.judging.round_new": organizer & nothing_announced,
    "manage.judging.round_edit": organizer & nothing_announced,
    "manage.judging.round_move": organizer & nothing_announced,
    "manage.judging.round_removal": organizer & later_round & nothing_announced,
    "manage.judging.selection": selecting & read_once_announced,
    "manage.judging.selection_taking_back": selecting & nothing_announced,
    "manage.judging.selection_announcement": selecting,
    "manage.judging.index": organizer,
    "manage.judging.new": organizer,
    "manage.judging.edit": organizer,
    "manage.judging.dismissal": organizer,
    "manage.judging.replacement": organizer,
    "manage.judging.invitations": organizer,
    "manage.judging.invitation_new": organizer,
    "manage.judging.listing": organizer,
    "manage.judging.renewal": organizer,
    "manage.judging.link": organizer,
    "manage.judging.revocation": organizer,
    "manage.judging.terms": organizer,
    "manage.judging.judges_file": organizer,
    "manage.judging.reminders": organizer,
    "manage.judging.coverage": organizer,
    "manage.judging.stoppage": organizer,
    "manage.judging.going_on": organizer,
    "manage.judging.problems": organizer,
    "manage.judging.problem": organizer & unconflicted,
    "manage.judging.conflicts": organizer,
    "manage.judging.conflict_new": organizer,
    "manage.judging.finding": organizer & about_others,
    "manage.judging.ruling": organizer & decides,
    "manage.judging.conflict_lifting": organizer & decides,
    "manage.judging.objection": organizer & about_others & decides,
    "manage.judging.chairs": organizer,
    "manage.judging.names": organizer,
    "manage.judging.assignment": organizer,
    "manage.judging.proposal": organizer,
    "manage.judging.show": organizer & unconflicted,
    "manage.judging.new_review": organizer & unconflicted,
    "manage.judging.review_removal": organizer
    & unconflicted
    & of_another
    & round_judged
    & results_hidden,
    "manage.judging.ranking": organizer,
    # -- calibration --
    "calibration.index": signed_in & published & judge & samples_there,
    "calibration.show": scores_samples,
    "calibration.scores": scores_samples & of_this_round & before_judging_closes & not_stopped,
    "calibration.file": signed_in & published & ((judge & sample_published) | organizes_it),
    "manage.calibration.index": organizer,
    "manage.calibration.new": organizer,
    "manage.calibration.reminders": organizer,
    "manage.calibration.show": organizer,
    "manage.calibration.edit": organizer,
    "manage.calibration.files": organizer,
    "manage.calibration.file_removal": organizer,
    "manage.calibration.reference": organizer & unanchored,
    "manage.calibration.publication": organizer,
    "manage.calibration.withdrawal": organizer,
    "manage.calibration.removal": organizer,
    "manage.calibration.levels": organizer & unanchored,
    "manage.calibration.lesson": organizer & unanchored & tells_judges,
    # -- deliberation --
    "deliberation.own": signed_in & published & judge & in_discussions,
    "deliberation.show": reviews_it & discusses,
    "deliberation.remark": reviews_it & discusses & still_discussed,
    "deliberation.revision": reviews_it
    & discusses
    & still_discussed
    & not_stopped
    & nothing_announced,
    "manage.deliberation.index": organizer,
    "manage.deliberation.show": organizer & unconflicted & own_review_done,
    "manage.deliberation.remark": organizer & unconflicted & own_review_done & still_discussed,
    "manage.deliberation.closing": organizer & unconflicted & own_review_done,
    "manage.deliberation.reopening": organizer & unconflicted & own_review_done,
    # -- comparisons --
    "comparisons.show": compares,
    "comparisons.next": says_better,
    "comparisons.answer": says_better,
    "comparisons.conflict": says_better,
    "comparisons.undo": says_better,
    "comparisons.history": compares,
    "manage.comparisons.index": organizer,
    "manage.comparisons.edit": organizer,
    "manage.comparisons.opening": organizer,
    "manage.comparisons.closing": organizer,
    "manage.comparisons.pause": organizer,
    "manage.comparisons.resumption": organizer,
    "manage.comparisons.history": organizer,
    "manage.comparisons.stands": organizer,
    "manage.comparisons.plan": organizer,
    "manage.comparisons.stand": organizer,
    "manage.comparisons.absence": organizer,
    "manage.comparisons.comeback": organizer,
    # -- results --
    "results.index": published & announced,
    "results.of_team": published & announced_to_team & signed_in & (member | organizes_it),
    "results.claim": published & announced_to_team & signed_in & captain & honour_told,
    "manage.results.index": weighs_results,
    "manage.results.prizes": organizer & impartial,
    "manage.results.usual_prizes": organizer,
    "manage.results.prize_new": organizer,
    "manage.results.prize": organizer & impartial,
    "manage.results.prize_removal": organizer,
    "manage.results.decide": weighs_results,
    "manage.results.seal": organizer & impartial,
    "manage.results.decision": weighs_results,
    "manage.results.confirmation": weighs_results,
    "manage.results.decision_record": weighs_results,
    "manage.results.deliveries": organizer & announced,
    "manage.results.prize_reminders": organizer & announced,
    "manage.results.delivery": organizer & announced & honour_told,
    "manage.results.announcement": organizer & impartial,
    "manage.results.publication": organizer & impartial,
    "manage.results.cancellation": organizer & impartial,
    "manage.results.preview": organizer & impartial,
    "manage.results.preview_of_team": weighs_results,
    "manage.results.letters": organizer & impartial,
    "manage.results.withdrawal": organizer & impartial & announced,
    "manage.results.amendment": organizer & impartial,
    "manage.results.shown_again": organizer & impartial,
    "manage.results.citation": organizer & impartial & announced,
    "manage.results.teams": organizer & impartial,
    "manage.results.comments": organizer & impartial,
    "manage.results.comment": organizer & impartial & own_review_done,
    # -- gallery --
    "gallery.index": published & sees_gallery,
    "gallery.project": published & sees_gallery & on_show & unbiased,
    "gallery.picture": published & sees_gallery & on_show & unbiased & pictured,
    "gallery.file": published & sees_gallery & on_show & unbiased & given_out,
    "gallery.own": signed_in & published & member,
    "gallery.naming": participant & member,
    "gallery.naming_end": participant & member,
    "manage.gallery.index": organizer,
    "manage.gallery.edit": organizer,
    "manage.gallery.preview": organizer & impartial,
    "manage.gallery.project": organizer & impartial & on_show,
    "manage.gallery.honoured": organizer & impartial,
    "manage.gallery.honoured_project": organizer & impartial & on_show,
    "manage.gallery.withholding": organizer & unconflicted,
    "manage.gallery.withholding_end": organizer & unconflicted,
    # -- voting --
    "voting.show": published & poll_in_public,
    "voting.link": asks_for_link,
    "voting.ballot": fills_in,
    "voting.vote": fills_in & votable,
    "voting.removal": fills_in & votable,
    "voting.by_link": fills_in_by_link,  # whoever holds the letter
    "voting.vote_by_link": fills_in_by_link & votable,
    "voting.removal_by_link": fills_in_by_link & votable,
    "manage.voting.index": organizer,
    "manage.voting.edit": organizer,
    "manage.voting.publication": organizer,
    "manage.voting.release": organizer & counts_known,
    "manage.voting.release_end": organizer & counts_known,
    "manage.voting.asides": organizer & counts_known,
    "manage.voting.flag": organizer & counts_known,
    "manage.voting.note": organizer & counts_known,
    "manage.voting.setting_aside": organizer & counts_known,
    "manage.voting.counting_again": organizer & counts_known,
    # -- certificates --
    "certificates.own": signed_in,
    "certificates.wish": signed_in & published & named_on_certificates,
    "certificates.file": signed_in & published & (own_certificate | organizes_it),
    "certificates.link": published,  # whoever holds the link
    "certificates.index": published,
    "certificates.check": published,  # whoever holds the paper
    "manage.certificates.index": organizer,
    "manage.certificates.look": organizer,
    "manage.certificates.sample": organizer,
    "manage.certificates.sample_file": organizer,
    "manage.certificates.signatory_new": organizer,
    "manage.certificates.signatory": organizer,
    "manage.certificates.signatory_removal": organizer,
    "manage.certificates.logo_new": organizer,
    "manage.certificates.logo": organizer,
    "manage.certificates.logo_removal": organizer,
    "manage.certificates.kind": organizer,
    "manage.certificates.issue": organizer,
    "manage.certificates.omission": organizer,
    "manage.certificates.omission_end": organizer,
    "manage.certificates.new": organizer,
    "manage.certificates.letters": organizer,
    "manage.certificates.issued": organizer,
    "manage.certificates.show": organizer,
    "manage.certificates.correction": organizer,
    "manage.certificates.revocation": organizer,
    "manage.certificates.replacement": organizer,
    "manage.certificates.drawing": organizer,
    "manage.certificates.archive": organizer,
    # -- followups --
    "followups.answer": published & speaks_for_team,  # whoever holds the letter
    "followups.withdrawal": published & speaks_for_team,
    "followups.wish": published & not_forgotten,
    "followups.no_more": published & not_forgotten,
    "followups.again": published & not_forgotten,
    "manage.followups.index": organizer,
    "manage.followups.new": organizer,
    "manage.followups.removal": organizer,
    "manage.followups.holding": organizer,
    "manage.followups.holding_end": organizer,
    # -- news --
    "news.index": published,
    "news.feed": published,
    "news.show": published & public_news,
    "manage.news.index": organizer,
    "manage.news.new": organizer,
    "manage.news.edit": organizer,
    "manage.news.publication": organizer,
    "manage.news.withdrawal": organizer,
    "manage.news.deletion": organizer,
    # -- press --
    "press.show": published & all_announced & pack_published,
    "press.archive": published & all_announced & pack_published,
    "manage.press.index": organizer & impartial,
    "manage.press.preview": organizer & impartial & pack_composed,
    "manage.press.archive": organizer & impartial & pack_composed,
    "manage.press.publication": organizer,
    "manage.press.withdrawal": organizer,
    # -- desk --
    "desk.front": published,
    "desk.sitemap": anyone,
    "desk.robots": anyone,
    "desk.home": signed_in,
    "desk.my_data": signed_in,
    "desk.agreements": signed_in,
    "desk.download": signed_in,
    "desk.deletion": signed_in,
    "desk.privacy": published,
    "manage.desk.overview": organizer,
    "manage.desk.extension": organizer,
    "manage.desk.reminders": organizer,
    "manage.desk.reminder_new": organizer,
    "manage.desk.reminder_sample": organizer,
    "manage.desk.reminder_removal": organizer,
    "manage.desk.journal": organizer,
    "manage.desk.letters": organizer,
    "manage.desk.letter": organizer & unconflicted_letter,
    "manage.desk.archives": weighs_results,
    "manage.desk.archive_file": weighs_results & own_archive,
    "manage.desk.archive_removal": organizer,
}

# Doors that are hung in the demo alone.
DEMO_POLICY = {
    "demo.phase": anyone,
    "demo.sign_in": anyone,
    "demo.mailbox": anyone,
    "demo.mail": anyone,
}

# What a judge's personal link opens, in its competition: judging, its grounds, and the way out.
BY_LINK = frozenset(
    {
        "static",
        "healthz",
        "accounts.sign_out",
        "competitions.index",
        "competitions.dates",
        "competitions.challenges",
        "competitions.challenge",
        "competitions.rules",
        "competitions.documents",
        "competitions.document",
        "registrations.answer_file",
        "teams.answer_file",
        "submissions.shown",
        "submissions.version",
        "submissions.file",
        "judging.index",
        "judging.declarations",
        "judging.review",
        "judging.scores",
        "judging.file",
        "judging.picture",
        "judging.recusal",
        "judging.abstention",
        "judging.problem",
        "judging.rules",
        "calibration.index",
        "calibration.show",
        "calibration.scores",
        "calibration.file",
        "comparisons.show",
        "comparisons.next",
        "comparisons.answer",
        "comparisons.conflict",
        "comparisons.undo",
        "comparisons.history",
        "deliberation.own",
        "deliberation.show",
        "deliberation.remark",
        "deliberation.revision",
        "judging.own",
        "judging.terms",
        "desk.front",
        "desk.privacy",
        *DEMO_POLICY,  # another role is another session
    }
)
# Where links come in: open to whoever holds one, a session of another link or not.
LINKS_COME_IN = frozenset(
    {"judging.invitation", "judging.acceptance", "judging.refusal", "judging.arrival"}
)


def narrowed(user: Any, endpoint: str, *, competition: Any = None, **_: Any) -> Verdict:
    """Asked before every rule."""
    if endpoint in LINKS_COME_IN:
        return ALLOWED
    return within_link(user, endpoint, BY_LINK, competition=competition)


def within(kind: Any) -> Any:
    """A finder of rows that belong to the competition in the address."""
    query = select(kind).where(
        kind.id == bindparam("wanted"), kind.competition_id == bindparam("competition")
    )

    def find(key: str, *, competition: Any, **_: Any) -> Any:
        try:
            wanted = uuid.UUID(key)
        except ValueError:
            return None
        return db.session.scalar(query, {"wanted": wanted, "competition": competition.id})

    return find


def in_draft(kind: Any) -> Any:
    """A finder of criteria or conditions that were not taken out of the draft."""
    found_in = within(kind)

    def find(key: str, **things: Any) -> Any:
        found = found_in(key, **things)
        return None if found is None or found.removed_at is not None else found

    return find


def through(kind: Any, owner: Any) -> Any:
    """A finder of rows that belong to the competition by way of their owner."""

    def find(key: str, *, competition: Any, **_: Any) -> Any:
        try:
            wanted = uuid.UUID(key)
        except ValueError:
            return None
        return db.session.scalar(
            select(kind)
            .join(owner)
            .where(kind.id == wanted, owner.competition_id == competition.id)
        )

    return find


def attachment(
    key: str, *, team: Any = None, submission: Any = None, **_: Any
) -> Attachment | None:
    """A file of the submission that the address names, by itself or through its team."""
    submission = submission or submission_of(team)
    return attachment_of(submission, key) if submission else None


def _gate_in(key: str, *, competition: Any, **_: Any) -> Gate | None:
    """A gate that the competition has."""
    return next((gate for gate in gates_of(competition) if gate == key), None)


def _round_in(key: str, *, competition: Any, **_: Any) -> Round | None:
    """A round of the competition, by its place."""
    return round_at(competition, key)


def version_of(key: str, *, submission: Any, **_: Any) -> Version | None:
    return next((each for each in submission.versions if each.url_key == key), None)


_team_in = within(Team)


def another_team(key: str, *, team: Any, **things: Any) -> Team | None:
    """A second team of the competition: not the one named before."""
    found = _team_in(key, **things)
    return None if found is None or found.id == team.id else found


_honour_in = within(Honour)


def honour_in(key: str, *, team: Any = None, **things: Any) -> Honour | None:
    """An honour of the competition; of the team, where the address names one."""
    found = _honour_in(key, **things)
    if found is not None and team is not None and found.submission.team_id != team.id:
        return None
    return found


_objection_in = through(Objection, Team)


def objection_in(key: str, *, team: Any = None, **things: Any) -> Objection | None:
    """What a team said; of the team that the address names, where it names one."""
    found: Objection | None = _objection_in(key, **things)
    return None if found is None or (team and found.team_id != team.id) else found


FINDERS = {
    # -- accounts --
    "sign_in": lambda key, **_: own(SignIn, key),
    "passkey": lambda key, **_: own(Passkey, key),
    # -- competitions --
    "competition": competition_met,
    "challenge": within(Challenge),
    "document": within(Document),
    "criterion": in_draft(Criterion),
    "condition": in_draft(Condition),
    "inquiry": through(Inquiry, Challenge),
    "gate": _gate_in,
    "round": _round_in,
    "extension": through(Extension, Window),
    "organizer": within(Organizer),
    "partner": within(Partner),
    # -- questions --
    "question": within(Question),
    # -- registrations --
    "consent_text": within(ConsentText),
    "registration": within(Registration),
    # -- teams --
    "team": _team_in,
    "membership": membership_in,
    "invitation": invitation_in,
    "seeker": within(Seeker),
    "join_request": request_in,
    "challenge_request": within(ChallengeRequest),
    # -- datasets --
    "data_set": within(DataSet),
    "data_file": data_file_in,
    "data_terms": terms_in,
    "taking": taking_in,
    # -- workshops --
    "session": within(Session),
    "place": within(Place),
    "speaker": within(Speaker),
    "sign_up": sign_up_with,
    # -- mentoring --
    "mentor": within(Mentor),
    "expertise": within(Expertise),
    "conflict": through(Conflict, Team),
    # -- submissions --
    "submission": within(Submission),
    "version": version_of,
    "file": attachment,
    "upload": upload_in,
    # -- mergers --
    "other_team": another_team,
    "merger": within(Merger),
    # -- checks --
    "finding": within(Finding),
    # -- redaction --
    "copy": copy_in,
    # -- judging --
    "judge": within(Judge),
    "judge_link": invitation_with,
    "judge_invitation": within(JudgeInvitation),
    "review": review_in,
    "problem": through(Problem, Judge),
    "objection": objection_in,
    # -- calibration --
    "sample": within(Sample),
    "sample_file": file_in,
    # -- deliberation --
    "discussion": within(Discussion),
    # -- comparisons --
    "stand": within(Stand),
    # -- results --
    "prize": within(Prize),
    "honour": honour_in,
    "decision": within(Decision),
    # -- gallery --
    # -- voting --
    "ballot_link": link_in,
    "flag": flag_in,
    "aside": aside_in,
    # -- certificates --
    "certificate": within(Certificate),
    "certificate_number": check,
    "certificate_link": certificate_with,
    "certificate_kind": lambda key, **_: Kind(key) if key in set(Kind) else None,
    "certificate_logo": within(CertificateLogo),
    "signatory": within(Signatory),
    "omission": within(Omission),
    "amendment": amendment_at,
    "earner": earner_in,
    # -- followups --
    "follow_up": within(FollowUp),
    "follow_up_link": link_with,
    "follow_up_answer": answer_in,
    # -- news --
    "news_item": news_at,
    # -- desk --
    "letter": within(Letter),
    "reminder": within(Reminder),
    "archive": within(Archive),
}

doors = Doors(POLICY, FINDERS, narrowed)
demo_doors = Doors(POLICY | DEMO_POLICY, FINDERS | {"mail": mail_at}, narrowed)
