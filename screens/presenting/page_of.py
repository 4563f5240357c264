"""Every step and its page.

Longer than others, as every step there is stands here by name three times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, assert_never

from screens.presenting.bags import (
    bags_coming,
    choose_bags,
    pay_by_card,
    sale_stopped,
    scan_bag_voucher,
    take_bags,
)
from screens.presenting.booking import choose_day, review_order, show_booked
from screens.presenting.bulky import asking_office, bulky_start, choose_items, show_never, show_rules
from screens.presenting.bulky_mine import (
    confirm_cancel,
    confirm_move,
    enter_change_code,
    enter_order_number,
    order_not_found,
    show_order,
)
from screens.presenting.bulky_place import (
    choose_district,
    enter_house,
    enter_name,
    enter_phone,
    enter_street,
    not_collected,
)
from screens.presenting.bulky_voucher import quota_used, scan_voucher
from screens.presenting.card import (
    allow_reading,
    card_ends,
    choose_my_document,
    place_card,
    reading_card,
    take_card_back,
    type_on_reader,
    which_card,
)
from screens.presenting.card_print import (
    enter_can,
    enter_card_birth_date,
    enter_card_expiry,
    enter_card_number,
    enter_new_pin,
    enter_pin,
)
from screens.presenting.collect import (
    ask_pin_letter,
    choose_document,
    code_opens_nothing,
    collected,
    enter_pickup_code,
    go_to_counter,
    locker_open,
    locker_opens,
)
from screens.presenting.identify import (
    choose_way,
    enter_birth_date,
    enter_document_number,
    scan_letter,
    searching,
    show_not_found,
    too_many_tries,
)
from screens.presenting.own_pin import begin_own_pin, own_pin_set, own_pin_unsure
from screens.presenting.refill import refill_bags
from screens.presenting.sheets import help_sheet, idle_warning, language_sheet, settings_sheet
from screens.presenting.staff import (
    enter_compartment,
    enter_label,
    enter_note,
    hand_over_check,
    hand_over_code,
    load_documents,
    open_with_reason,
    staff_door,
    staff_door_opens,
    staff_locked,
    staff_pin,
    staff_sign_in,
    take_back,
)
from screens.presenting.status import show_status
from screens.presenting.welcome import apology, attract, explain_unavailable, farewell, home, out_of_service
from screens.steps import (
    Apology,
    Attract,
    ChooseWay,
    EnterBirthDate,
    EnterDocumentNumber,
    ExplainUnavailable,
    Farewell,
    HelpSheet,
    Home,
    IdleWarning,
    LanguageSheet,
    OutOfService,
    ScanLetter,
    Searching,
    SettingsSheet,
    ShowNotFound,
    ShowStatus,
    TooManyTries,
)
from screens.steps_bags import BagsComing, ChooseBags, PayByCard, SaleStopped, ScanBagVoucher, TakeBags
from screens.steps_bulky import (
    AskingOffice,
    BulkyStart,
    ChooseDay,
    ChooseDistrict,
    ChooseItems,
    EnterHouse,
    EnterName,
    EnterPhone,
    EnterStreet,
    NotCollected,
    QuotaUsed,
    ReviewOrder,
    ScanVoucher,
    ShowBooked,
    ShowNever,
    ShowRules,
)
from screens.steps_bulky_mine import (
    ConfirmCancel,
    ConfirmMove,
    EnterChangeCode,
    EnterOrderNumber,
    OrderNotFound,
    ShowOrder,
)
from screens.steps_card import (
    AllowReading,
    CardEnds,
    ChooseMyDocument,
    EnterCan,
    EnterCardBirthDate,
    EnterCardExpiry,
    EnterCardNumber,
    EnterNewPin,
    EnterPin,
    PlaceCard,
    ReadingCard,
    TakeCardBack,
    TypeOnReader,
    WhichCard,
)
from screens.steps_collect import (
    AskPinLetter,
    ChooseDocument,
    CodeOpensNothing,
    Collected,
    EnterPickupCode,
    GoToCounter,
    LockerOpen,
    LockerOpens,
)
from screens.steps_pin import BeginOwnPin, OwnPinSet, OwnPinUnsure
from screens.steps_staff import (
    EnterCompartment,
    EnterLabel,
    EnterNote,
    HandOverCheck,
    HandOverCode,
    LoadDocuments,
    OpenWithReason,
    RefillBags,
    StaffDoor,
    StaffDoorOpens,
    StaffLocked,
    StaffPin,
    StaffSignIn,
    TakeBack,
)

if TYPE_CHECKING:
    from screens.pages import Page
    from screens.presenting.occasion import Occasion

AnyStep: TypeAlias = (
    ChooseBags
    | ScanBagVoucher
    | PayByCard
    | BagsComing
    | TakeBags
    | SaleStopped
    | BulkyStart
    | ScanVoucher
    | QuotaUsed
    | EnterOrderNumber
    | EnterChangeCode
    | OrderNotFound
    | ShowOrder
    | ConfirmMove
    | ConfirmCancel
    | EnterStreet
    | EnterHouse
    | ChooseDistrict
    | NotCollected
    | ShowRules
    | ChooseItems
    | ShowNever
    | ChooseDay
    | AskingOffice
    | EnterName
    | EnterPhone
    | ReviewOrder
    | ShowBooked
    | Attract
    | Home
    | ExplainUnavailable
    | ChooseWay
    | ScanLetter
    | EnterDocumentNumber
    | EnterBirthDate
    | Searching
    | ShowStatus
    | ShowNotFound
    | TooManyTries
    | Farewell
    | Apology
    | OutOfService
    | CardEnds
    | ChooseMyDocument
    | EnterCan
    | EnterCardBirthDate
    | EnterCardExpiry
    | EnterCardNumber
    | PlaceCard
    | ReadingCard
    | TakeCardBack
    | AllowReading
    | EnterNewPin
    | EnterPin
    | TypeOnReader
    | WhichCard
    | BeginOwnPin
    | OwnPinSet
    | OwnPinUnsure
    | EnterPickupCode
    | CodeOpensNothing
    | ChooseDocument
    | AskPinLetter
    | GoToCounter
    | LockerOpens
    | LockerOpen
    | Collected
    | EnterCompartment
    | EnterLabel
    | EnterNote
    | HandOverCheck
    | HandOverCode
    | LoadDocuments
    | OpenWithReason
    | RefillBags
    | StaffDoor
    | StaffDoorOpens
    | StaffLocked
    | StaffPin
    | StaffSignIn
    | TakeBack
    | SettingsSheet
    | LanguageSheet
    | HelpSheet
    | IdleWarning
)
"""Every step there is; the type checker refuses one that has no page below."""


def page_of(step: AnyStep, o: Occasion) -> Page:  # noqa: C901, PLR0911, PLR0912, PLR0915  one line for every step there is
    """The page of `step`."""
    match step:
        case RefillBags():
            return refill_bags(step, o)
        case ChooseBags():
            return choose_bags(step, o)
        case ScanBagVoucher():
            return scan_bag_voucher(step, o)
        case PayByCard():
            return pay_by_card(step, o)
        case BagsComing():
            return bags_coming(step, o)
        case TakeBags():
            return take_bags(step, o)
        case SaleStopped():
            return sale_stopped(step, o)
        case Attract():
            return attract(step, o)
        case Home():
            return home(step, o)
        case ExplainUnavailable():
            return explain_unavailable(step, o)
        case ChooseWay():
            return choose_way(step, o)
        case ScanLetter():
            return scan_letter(step, o)
        case EnterDocumentNumber():
            return enter_document_number(step, o)
        case EnterBirthDate():
            return enter_birth_date(step, o)
        case Searching():
            return searching(step, o)
        case ShowStatus():
            return show_status(step, o)
        case ShowNotFound():
            return show_not_found(step, o)
        case TooManyTries():
            return too_many_tries(step, o)
        case Farewell():
            return farewell(step, o)
        case Apology():
            return apology(step, o)
        case OutOfService():
            return out_of_service(step, o)
        case BulkyStart():
            return bulky_start(step, o)
        case ScanVoucher():
            return scan_voucher(step, o)
        case QuotaUsed():
            return quota_used(step, o)
        case EnterOrderNumber():
            return enter_order_number(step, o)
        case EnterChangeCode():
            return enter_change_code(step, o)
        case OrderNotFound():
            return order_not_found(step, o)
        case ShowOrder():
            return show_order(step, o)
        case ConfirmMove():
            return confirm_move(step, o)
        case ConfirmCancel():
            return confirm_cancel(step, o)
        case EnterStreet():
            return enter_street(step, o)
        case EnterHouse():
            return enter_house(step, o)
        case ChooseDistrict():
            return choose_district(step, o)
        case NotCollected():
            return not_collected(step, o)
        case ShowRules():
            return show_rules(step, o)
        case ChooseItems():
            return choose_items(step, o)
        case ShowNever():
            return show_never(step, o)
        case ChooseDay():
            return choose_day(step, o)
        case AskingOffice():
            return asking_office(step, o)
        case EnterName():
            return enter_name(step, o)
        case EnterPhone():
            return enter_phone(step, o)
        case ReviewOrder():
            return review_order(step, o)
        case ShowBooked():
            return show_booked(step, o)
        case CardEnds():
            return card_ends(step, o)
        case ChooseMyDocument():
            return choose_my_document(step, o)
        case EnterCan():
            return enter_can(step, o)
        case EnterCardBirthDate():
            return enter_card_birth_date(step, o)
        case EnterCardExpiry():
            return enter_card_expiry(step, o)
        case EnterCardNumber():
            return enter_card_number(step, o)
        case PlaceCard():
            return place_card(step, o)
        case ReadingCard():
            return reading_card(step, o)
        case TakeCardBack():
            return take_card_back(step, o)
        case AllowReading():
            return allow_reading(step, o)
        case EnterNewPin():
            return enter_new_pin(step, o)
        case EnterPin():
            return enter_pin(step, o)
        case TypeOnReader():
            return type_on_reader(step, o)
        case WhichCard():
            return which_card(step, o)
        case BeginOwnPin():
            return begin_own_pin(step, o)
        case OwnPinSet():
            return own_pin_set(step, o)
        case OwnPinUnsure():
            return own_pin_unsure(step, o)
        case EnterPickupCode():
            return enter_pickup_code(step, o)
        case CodeOpensNothing():
            return code_opens_nothing(step, o)
        case ChooseDocument():
            return choose_document(step, o)
        case AskPinLetter():
            return ask_pin_letter(step, o)
        case GoToCounter():
            return go_to_counter(step, o)
        case LockerOpens():
            return locker_opens(step, o)
        case LockerOpen():
            return locker_open(step, o)
        case Collected():
            return collected(step, o)
        case EnterCompartment():
            return enter_compartment(step, o)
        case EnterLabel():
            return enter_label(step, o)
        case EnterNote():
            return enter_note(step, o)
        case HandOverCheck():
            return hand_over_check(step, o)
        case HandOverCode():
            return hand_over_code(step, o)
        case LoadDocuments():
            return load_documents(step, o)
        case OpenWithReason():
            return open_with_reason(step, o)
        case StaffDoor():
            return staff_door(step, o)
        case StaffDoorOpens():
            return staff_door_opens(step, o)
        case StaffLocked():
            return staff_locked(step, o)
        case StaffPin():
            return staff_pin(step, o)
        case StaffSignIn():
            return staff_sign_in(step, o)
        case TakeBack():
            return take_back(step, o)
        case SettingsSheet():
            return settings_sheet(step, o)
        case LanguageSheet():
            return language_sheet(step, o)
        case HelpSheet():
            return help_sheet(step, o)
        case IdleWarning():
            return idle_warning(step, o)
        case _:
            assert_never(step)
