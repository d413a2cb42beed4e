"""The fields of each kind of object that the simulator leaves empty: they are there, and null."""

from __future__ import annotations

from portal.stripe_simulator.store import Body

_FIELDS = {
    "charge": """
        application application_fee application_fee_amount balance_transaction
        failure_balance_transaction on_behalf_of receipt_number receipt_url review shipping
        source source_transfer statement_descriptor_suffix transfer_data transfer_group
    """,
    "checkout.session": """
        adaptive_pricing after_expiration allow_promotion_codes client_secret
        collected_information consent consent_collection currency_conversion customer_account
        customer_details integration_identifier invoice invoice_creation managed_payments
        optional_items origin_context payment_intent payment_link
        payment_method_configuration_details permissions recovered_from
        saved_payment_method_options setup_intent
        shipping_address_collection shipping_cost subscription wallet_options
    """,
    "invoice": """
        account_tax_ids application automatically_finalizes_at custom_fields customer_account
        customer_address customer_phone customer_shipping default_payment_method default_source
        description due_date ending_balance footer from_invoice hosted_invoice_url invoice_pdf
        last_finalization_error latest_revision next_payment_attempt on_behalf_of receipt_number
        rendering shipping_cost shipping_details statement_descriptor test_clock
        total_discount_amounts total_pretax_credit_amounts total_taxes webhooks_delivered_at
    """,
    "payment_intent": """
        application application_fee_amount canceled_at cancellation_reason
        customer_account last_payment_error latest_charge next_action on_behalf_of
        payment_method processing review shipping source statement_descriptor_suffix
        transfer_data transfer_group
    """,
    "payout": """
        application_fee application_fee_amount failure_balance_transaction failure_code
        failure_message original_payout payout_method reversed_by trace_id
    """,
    "setup_intent": """
        application automatic_payment_methods cancellation_reason
        customer_account flow_directions last_setup_error latest_attempt mandate next_action
        on_behalf_of payment_method payment_method_options single_use_mandate
    """,
    "subscription": """
        application application_fee_percent billing_cycle_anchor_config billing_thresholds
        cancel_at canceled_at customer_account days_until_due default_source ended_at
        next_pending_invoice_item_invoice on_behalf_of pause_collection
        pending_invoice_item_interval pending_setup_intent pending_update schedule test_clock
        transfer_data trial_end trial_start
    """,
}


def blank(kind: str) -> Body:
    """Those fields of an object of that kind, all null."""
    return dict.fromkeys(_FIELDS[kind].split())
